"""the first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "geocodes",
        sa.Column("postcode", sa.String(length=7), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("terminated", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("postcode", name="pk_geocodes"),
    )
    op.create_table(
        "listing_changes",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_listing_changes"),
    )
    with op.batch_alter_table("listing_changes") as batch_op:
        batch_op.create_index("ix_listing_changes_service_id", ["service_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("website", sa.String(length=2000), nullable=True),
        sa.Column("charity_number", sa.String(length=20), nullable=True),
        sa.Column("company_number", sa.String(length=20), nullable=True),
        sa.Column("ods_code", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
    )
    with op.batch_alter_table("organisations") as batch_op:
        batch_op.create_index("ix_organisations_charity_number", ["charity_number"], unique=False)
        batch_op.create_index("ix_organisations_name", ["name"], unique=False)
        batch_op.create_index("uq_organisations_source_source_id", ["source", "source_id"], unique=True)

    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("try_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_messages"),
    )
    with op.batch_alter_table("outbox_messages") as batch_op:
        batch_op.create_index("ix_outbox_messages_waiting", ["sent_at", "try_at"], unique=False)

    op.create_table(
        "outcodes",
        sa.Column("outcode", sa.String(length=4), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("postcodes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("outcode", name="pk_outcodes"),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("ods_code", sa.String(length=500), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("postcode", sa.String(length=500), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("phone", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name="fk_places_parent_id_places"),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
        sa.UniqueConstraint("ods_code", name="uq_places_ods_code"),
    )
    with op.batch_alter_table("places") as batch_op:
        batch_op.create_index("ix_places_parent_id", ["parent_id"], unique=False)
        batch_op.create_index("ix_places_path", ["path"], unique=False)

    op.create_table(
        "postcodes",
        sa.Column("postcode", sa.String(length=7), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("lsoa", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("postcode", name="pk_postcodes"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failures"),
    )
    with op.batch_alter_table("sign_in_failures") as batch_op:
        batch_op.create_index("ix_sign_in_failures_at", ["at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_key", ["key"], unique=False)

    op.create_table(
        "taxonomies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("uri", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_taxonomies"),
        sa.UniqueConstraint("code", name="uq_taxonomies_code"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("job_title", sa.String(length=500), nullable=True),
        sa.Column("password", sa.String(length=500), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("subject_type", sa.String(length=500), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=500), nullable=False),
        sa.Column("actor_role", sa.String(length=500), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_events_actor_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    with op.batch_alter_table("events") as batch_op:
        batch_op.create_index("ix_events_actor_id", ["actor_id"], unique=False)
        batch_op.create_index("ix_events_name", ["subject_type", "name", "subject_id"], unique=False)
        batch_op.create_index("ix_events_subject", ["subject_type", "subject_id", "id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_imports_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    with op.batch_alter_table("imports") as batch_op:
        batch_op.create_index("ix_imports_source", ["source"], unique=False)

    op.create_table(
        "locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("transportation", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_locations_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_locations"),
    )
    with op.batch_alter_table("locations") as batch_op:
        batch_op.create_index("ix_locations_latitude_longitude", ["latitude", "longitude"], unique=False)
        batch_op.create_index("ix_locations_organisation_id", ["organisation_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=35), nullable=False),
        sa.Column("family_name", sa.String(length=35), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("nhs_number", sa.String(length=10), nullable=True),
        sa.Column("nhs_number_status", sa.String(length=2), nullable=True),
        sa.Column("nhs_number_absent_reason", sa.String(length=40), nullable=True),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("ethnicity", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("postcode", sa.String(length=10), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("safe_to_phone", sa.Boolean(), nullable=True),
        sa.Column("safe_to_leave_message", sa.Boolean(), nullable=True),
        sa.Column("contact_note", sa.String(length=500), nullable=True),
        sa.Column("access_needs", sa.String(length=500), nullable=True),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["places.id"], name="fk_people_practice_id_places"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    with op.batch_alter_table("people") as batch_op:
        batch_op.create_index("ix_people_family_name", ["family_name"], unique=False)
        batch_op.create_index("ix_people_nhs_number", ["nhs_number"], unique=False)
        batch_op.create_index("ix_people_practice_id", ["practice_id"], unique=False)

    op.create_table(
        "role_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_role_assignments_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_role_assignments_place_id_places"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_role_assignments_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_role_assignments"),
    )
    with op.batch_alter_table("role_assignments") as batch_op:
        batch_op.create_index("ix_role_assignments_organisation_id", ["organisation_id"], unique=False)
        batch_op.create_index("ix_role_assignments_place_id", ["place_id"], unique=False)
        batch_op.create_index("ix_role_assignments_user_id", ["user_id"], unique=False)

    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("website", sa.String(length=2000), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("referral_mode", sa.String(length=40), nullable=False),
        sa.Column("how_to_join", sa.Text(), nullable=True),
        sa.Column("who_for", sa.Text(), nullable=True),
        sa.Column("not_for", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("fees", sa.Text(), nullable=True),
        sa.Column("free", sa.Boolean(), nullable=True),
        sa.Column("remote", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("capacity_status", sa.String(length=40), nullable=False),
        sa.Column("capacity_note", sa.String(length=500), nullable=True),
        sa.Column("waiting_weeks", sa.Integer(), nullable=True),
        sa.Column("capacity_at", sa.DateTime(), nullable=True),
        sa.Column("verified_at", sa.DateTime(), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_services_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["verified_by_id"], ["users.id"], name="fk_services_verified_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
    )
    with op.batch_alter_table("services") as batch_op:
        batch_op.create_index("ix_services_name", ["name"], unique=False)
        batch_op.create_index("ix_services_organisation_id", ["organisation_id"], unique=False)
        batch_op.create_index("ix_services_status", ["status"], unique=False)
        batch_op.create_index("ix_services_status_id", ["status", "id"], unique=False)
        batch_op.create_index("uq_services_source_source_id", ["source", "source_id"], unique=True)

    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users"),
        sa.PrimaryKeyConstraint("hash", name="pk_sessions"),
    )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.create_index("ix_sessions_ends_at", ["ends_at"], unique=False)
        batch_op.create_index("ix_sessions_seen_at", ["seen_at"], unique=False)
        batch_op.create_index("ix_sessions_user_id", ["user_id"], unique=False)

    op.create_table(
        "taxonomy_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taxonomy_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("term_uri", sa.String(length=2000), nullable=True),
        sa.Column("snomed_code", sa.String(length=18), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["taxonomy_terms.id"], name="fk_taxonomy_terms_parent_id_taxonomy_terms"
        ),
        sa.ForeignKeyConstraint(["taxonomy_id"], ["taxonomies.id"], name="fk_taxonomy_terms_taxonomy_id_taxonomies"),
        sa.PrimaryKeyConstraint("id", name="pk_taxonomy_terms"),
    )
    with op.batch_alter_table("taxonomy_terms") as batch_op:
        batch_op.create_index("ix_taxonomy_terms_parent_id", ["parent_id"], unique=False)
        batch_op.create_index("uq_taxonomy_terms_taxonomy_id_code", ["taxonomy_id", "code"], unique=True)

    op.create_table(
        "accessibilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("feature", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_accessibilities_location_id_locations"),
        sa.PrimaryKeyConstraint("id", name="pk_accessibilities"),
    )
    with op.batch_alter_table("accessibilities") as batch_op:
        batch_op.create_index("ix_accessibilities_location_id", ["location_id"], unique=False)

    op.create_table(
        "addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("address_1", sa.String(length=500), nullable=True),
        sa.Column("address_2", sa.String(length=500), nullable=True),
        sa.Column("city", sa.String(length=500), nullable=True),
        sa.Column("region", sa.String(length=500), nullable=True),
        sa.Column("postcode", sa.String(length=10), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_addresses_location_id_locations"),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
    )
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.create_index("ix_addresses_location_id", ["location_id"], unique=False)
        batch_op.create_index("ix_addresses_postcode", ["postcode"], unique=False)

    op.create_table(
        "attributes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_attributes_service_id_services"),
        sa.ForeignKeyConstraint(["term_id"], ["taxonomy_terms.id"], name="fk_attributes_term_id_taxonomy_terms"),
        sa.PrimaryKeyConstraint("id", name="pk_attributes"),
    )
    with op.batch_alter_table("attributes") as batch_op:
        batch_op.create_index("ix_attributes_term_id", ["term_id"], unique=False)
        batch_op.create_index("uq_attributes_service_id_term_id", ["service_id", "term_id"], unique=True)

    op.create_table(
        "contact_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_contact_people_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_contact_people_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_people"),
    )
    with op.batch_alter_table("contact_people") as batch_op:
        batch_op.create_index("ix_contact_people_organisation_id", ["organisation_id"], unique=False)
        batch_op.create_index("ix_contact_people_service_id", ["service_id"], unique=False)

    op.create_table(
        "cost_options",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_cost_options_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_cost_options"),
    )
    with op.batch_alter_table("cost_options") as batch_op:
        batch_op.create_index("ix_cost_options_service_id", ["service_id"], unique=False)

    op.create_table(
        "eligibilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_eligibilities_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_eligibilities"),
    )
    with op.batch_alter_table("eligibilities") as batch_op:
        batch_op.create_index("ix_eligibilities_service_id", ["service_id"], unique=False)

    op.create_table(
        "imported_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_imported_records_import_id_imports"),
        sa.PrimaryKeyConstraint("id", name="pk_imported_records"),
    )
    with op.batch_alter_table("imported_records") as batch_op:
        batch_op.create_index("ix_imported_records_import_id", ["import_id"], unique=False)
        batch_op.create_index("uq_imported_records_source_kind_source_id", ["source", "kind", "source_id"], unique=True)

    op.create_table(
        "languages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_languages_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_languages"),
    )
    with op.batch_alter_table("languages") as batch_op:
        batch_op.create_index("ix_languages_service_id", ["service_id"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=1), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.Column("referrer_name", sa.String(length=70), nullable=False),
        sa.Column("referrer_role", sa.String(length=500), nullable=False),
        sa.Column("return_response_to", sa.String(length=70), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("service_name", sa.String(length=500), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("first_attempt_at", sa.DateTime(), nullable=True),
        sa.Column("first_contact_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(), nullable=True),
        sa.Column("waiting_reason", sa.String(length=500), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("hold_reason", sa.String(length=500), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("link_worker_id", sa.Uuid(), nullable=True),
        sa.Column("next_action", sa.String(length=500), nullable=True),
        sa.Column("next_action_on", sa.Date(), nullable=True),
        sa.Column("rejection_reason", sa.String(length=40), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=40), nullable=True),
        sa.Column("closure_reason", sa.String(length=40), nullable=True),
        sa.Column("ending_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["link_worker_id"], ["users.id"], name="fk_referrals_link_worker_id_users"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_referrals_person_id_people"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_referrals_place_id_places"),
        sa.ForeignKeyConstraint(["practice_id"], ["places.id"], name="fk_referrals_practice_id_places"),
        sa.ForeignKeyConstraint(["referrer_id"], ["users.id"], name="fk_referrals_referrer_id_users"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_referrals_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.UniqueConstraint("reference", name="uq_referrals_reference"),
    )
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.create_index(
            "ix_referrals_link_worker_status", ["link_worker_id", "status", "next_action_on"], unique=False
        )
        batch_op.create_index("ix_referrals_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_referrals_place_status", ["place_id", "status", "received_at"], unique=False)
        batch_op.create_index("ix_referrals_practice_created", ["practice_id", "created_at"], unique=False)
        batch_op.create_index("ix_referrals_referrer_id", ["referrer_id"], unique=False)
        batch_op.create_index("ix_referrals_service_id", ["service_id"], unique=False)

    op.create_table(
        "service_areas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("extent_type", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_service_areas_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_service_areas"),
    )
    with op.batch_alter_table("service_areas") as batch_op:
        batch_op.create_index("ix_service_areas_service_id", ["service_id"], unique=False)

    op.create_table(
        "service_at_locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_service_at_locations_location_id_locations"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_service_at_locations_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_service_at_locations"),
    )
    with op.batch_alter_table("service_at_locations") as batch_op:
        batch_op.create_index("ix_service_at_locations_location_id", ["location_id"], unique=False)
        batch_op.create_index(
            "uq_service_at_locations_service_id_location_id", ["service_id", "location_id"], unique=True
        )

    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["role_assignments.id"], name="fk_tokens_assignment_id_role_assignments"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
    )
    with op.batch_alter_table("tokens") as batch_op:
        batch_op.create_index("ix_tokens_assignment_id", ["assignment_id"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_attempts_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_attempts_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.create_index("ix_attempts_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.String(length=500), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("reason_not_asked", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_consents_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id_people"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name="fk_consents_recorded_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_consents_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    with op.batch_alter_table("consents") as batch_op:
        batch_op.create_index("ix_consents_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_consents_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("mechanism", sa.String(length=2), nullable=False),
        sa.Column("attended", sa.String(length=1), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_contacts_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_contacts_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.create_index("ix_contacts_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "measure_responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("instrument_version", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_measure_responses_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_measure_responses_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_measure_responses"),
    )
    with op.batch_alter_table("measure_responses") as batch_op:
        batch_op.create_index("ix_measure_responses_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("actions_text", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_messages_referral_id_referrals"),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name="fk_messages_sent_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    with op.batch_alter_table("messages") as batch_op:
        batch_op.create_index("ix_messages_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=150), nullable=True),
        sa.Column("reporter", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_needs_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_needs"),
    )
    with op.batch_alter_table("needs") as batch_op:
        batch_op.create_index("uq_needs_referral_id_code_reporter", ["referral_id", "code", "reporter"], unique=True)

    op.create_table(
        "phones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["contact_people.id"], name="fk_phones_contact_person_id_contact_people"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_phones_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_phones_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_phones"),
    )
    with op.batch_alter_table("phones") as batch_op:
        batch_op.create_index("ix_phones_contact_person_id", ["contact_person_id"], unique=False)
        batch_op.create_index("ix_phones_organisation_id", ["organisation_id"], unique=False)
        batch_op.create_index("ix_phones_service_id", ["service_id"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("matters", sa.Text(), nullable=True),
        sa.Column("helps", sa.Text(), nullable=True),
        sa.Column("hinders", sa.Text(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("agreed_with", sa.String(length=70), nullable=True),
        sa.Column("not_agreed_reason", sa.String(length=500), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_plans_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("referral_id", name="uq_plans_referral_id"),
    )
    op.create_table(
        "risks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_risks_person_id_people"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name="fk_risks_recorded_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_risks_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_risks"),
    )
    with op.batch_alter_table("risks") as batch_op:
        batch_op.create_index("ix_risks_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_risks_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_location_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("freq", sa.String(length=10), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("byday", sa.String(length=60), nullable=True),
        sa.Column("bymonthday", sa.String(length=60), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("dtstart", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("closed_on_bank_holidays", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_locations.id"],
            name="fk_schedules_service_at_location_id_service_at_locations",
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_schedules_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    with op.batch_alter_table("schedules") as batch_op:
        batch_op.create_index("ix_schedules_service_at_location_id", ["service_at_location_id"], unique=False)
        batch_op.create_index("ix_schedules_service_id", ["service_id"], unique=False)

    op.create_table(
        "signposts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("to", sa.String(length=150), nullable=False),
        sa.Column("reason", sa.String(length=150), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_signposts_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_signposts_referral_id_referrals"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_signposts_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_signposts"),
    )
    with op.batch_alter_table("signposts") as batch_op:
        batch_op.create_index("ix_signposts_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "goals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("achievement", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_goals_plan_id_plans"),
        sa.PrimaryKeyConstraint("id", name="pk_goals"),
    )
    with op.batch_alter_table("goals") as batch_op:
        batch_op.create_index("ix_goals_plan_id", ["plan_id"], unique=False)

    op.create_table(
        "onward_referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_name", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("shared", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_name", sa.String(length=500), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("group_note", sa.Text(), nullable=True),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_onward_referrals_consent_id_consents"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_onward_referrals_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_onward_referrals_referral_id_referrals"),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name="fk_onward_referrals_sent_by_id_users"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_onward_referrals_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_onward_referrals"),
    )
    with op.batch_alter_table("onward_referrals") as batch_op:
        batch_op.create_index(
            "ix_onward_referrals_organisation_status", ["organisation_id", "status", "sent_at"], unique=False
        )
        batch_op.create_index("ix_onward_referrals_referral_id", ["referral_id"], unique=False)
        batch_op.create_index("ix_onward_referrals_service_id", ["service_id"], unique=False)

    op.create_table(
        "schedule_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_schedule_exceptions_schedule_id_schedules", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_schedule_exceptions_service_id_services"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_exceptions"),
    )
    with op.batch_alter_table("schedule_exceptions") as batch_op:
        batch_op.create_index("ix_schedule_exceptions_schedule_id", ["schedule_id"], unique=False)
        batch_op.create_index("ix_schedule_exceptions_service_id_on", ["service_id", "on"], unique=False)

    op.create_table(
        "plan_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=70), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name="fk_plan_actions_goal_id_goals"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_actions"),
    )
    with op.batch_alter_table("plan_actions") as batch_op:
        batch_op.create_index("ix_plan_actions_goal_id", ["goal_id"], unique=False)


def downgrade():
    with op.batch_alter_table("plan_actions") as batch_op:
        batch_op.drop_index("ix_plan_actions_goal_id")

    op.drop_table("plan_actions")
    with op.batch_alter_table("schedule_exceptions") as batch_op:
        batch_op.drop_index("ix_schedule_exceptions_service_id_on")
        batch_op.drop_index("ix_schedule_exceptions_schedule_id")

    op.drop_table("schedule_exceptions")
    with op.batch_alter_table("onward_referrals") as batch_op:
        batch_op.drop_index("ix_onward_referrals_service_id")
        batch_op.drop_index("ix_onward_referrals_referral_id")
        batch_op.drop_index("ix_onward_referrals_organisation_status")

    op.drop_table("onward_referrals")
    with op.batch_alter_table("goals") as batch_op:
        batch_op.drop_index("ix_goals_plan_id")

    op.drop_table("goals")
    with op.batch_alter_table("signposts") as batch_op:
        batch_op.drop_index("ix_signposts_referral_id")

    op.drop_table("signposts")
    with op.batch_alter_table("schedules") as batch_op:
        batch_op.drop_index("ix_schedules_service_id")
        batch_op.drop_index("ix_schedules_service_at_location_id")

    op.drop_table("schedules")
    with op.batch_alter_table("risks") as batch_op:
        batch_op.drop_index("ix_risks_referral_id")
        batch_op.drop_index("ix_risks_person_id")

    op.drop_table("risks")
    op.drop_table("plans")
    with op.batch_alter_table("phones") as batch_op:
        batch_op.drop_index("ix_phones_service_id")
        batch_op.drop_index("ix_phones_organisation_id")
        batch_op.drop_index("ix_phones_contact_person_id")

    op.drop_table("phones")
    with op.batch_alter_table("needs") as batch_op:
        batch_op.drop_index("uq_needs_referral_id_code_reporter")

    op.drop_table("needs")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_index("ix_messages_referral_id")

    op.drop_table("messages")
    with op.batch_alter_table("measure_responses") as batch_op:
        batch_op.drop_index("ix_measure_responses_referral_id")

    op.drop_table("measure_responses")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_index("ix_contacts_referral_id")

    op.drop_table("contacts")
    with op.batch_alter_table("consents") as batch_op:
        batch_op.drop_index("ix_consents_referral_id")
        batch_op.drop_index("ix_consents_person_id")

    op.drop_table("consents")
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.drop_index("ix_attempts_referral_id")

    op.drop_table("attempts")
    with op.batch_alter_table("tokens") as batch_op:
        batch_op.drop_index("ix_tokens_assignment_id")

    op.drop_table("tokens")
    with op.batch_alter_table("service_at_locations") as batch_op:
        batch_op.drop_index("uq_service_at_locations_service_id_location_id")
        batch_op.drop_index("ix_service_at_locations_location_id")

    op.drop_table("service_at_locations")
    with op.batch_alter_table("service_areas") as batch_op:
        batch_op.drop_index("ix_service_areas_service_id")

    op.drop_table("service_areas")
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.drop_index("ix_referrals_service_id")
        batch_op.drop_index("ix_referrals_referrer_id")
        batch_op.drop_index("ix_referrals_practice_created")
        batch_op.drop_index("ix_referrals_place_status")
        batch_op.drop_index("ix_referrals_person_id")
        batch_op.drop_index("ix_referrals_link_worker_status")

    op.drop_table("referrals")
    with op.batch_alter_table("languages") as batch_op:
        batch_op.drop_index("ix_languages_service_id")

    op.drop_table("languages")
    with op.batch_alter_table("imported_records") as batch_op:
        batch_op.drop_index("uq_imported_records_source_kind_source_id")
        batch_op.drop_index("ix_imported_records_import_id")

    op.drop_table("imported_records")
    with op.batch_alter_table("eligibilities") as batch_op:
        batch_op.drop_index("ix_eligibilities_service_id")

    op.drop_table("eligibilities")
    with op.batch_alter_table("cost_options") as batch_op:
        batch_op.drop_index("ix_cost_options_service_id")

    op.drop_table("cost_options")
    with op.batch_alter_table("contact_people") as batch_op:
        batch_op.drop_index("ix_contact_people_service_id")
        batch_op.drop_index("ix_contact_people_organisation_id")

    op.drop_table("contact_people")
    with op.batch_alter_table("attributes") as batch_op:
        batch_op.drop_index("uq_attributes_service_id_term_id")
        batch_op.drop_index("ix_attributes_term_id")

    op.drop_table("attributes")
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.drop_index("ix_addresses_postcode")
        batch_op.drop_index("ix_addresses_location_id")

    op.drop_table("addresses")
    with op.batch_alter_table("accessibilities") as batch_op:
        batch_op.drop_index("ix_accessibilities_location_id")

    op.drop_table("accessibilities")
    with op.batch_alter_table("taxonomy_terms") as batch_op:
        batch_op.drop_index("uq_taxonomy_terms_taxonomy_id_code")
        batch_op.drop_index("ix_taxonomy_terms_parent_id")

    op.drop_table("taxonomy_terms")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_index("ix_sessions_user_id")
        batch_op.drop_index("ix_sessions_seen_at")
        batch_op.drop_index("ix_sessions_ends_at")

    op.drop_table("sessions")
    with op.batch_alter_table("services") as batch_op:
        batch_op.drop_index("uq_services_source_source_id")
        batch_op.drop_index("ix_services_status_id")
        batch_op.drop_index("ix_services_status")
        batch_op.drop_index("ix_services_organisation_id")
        batch_op.drop_index("ix_services_name")

    op.drop_table("services")
    with op.batch_alter_table("role_assignments") as batch_op:
        batch_op.drop_index("ix_role_assignments_user_id")
        batch_op.drop_index("ix_role_assignments_place_id")
        batch_op.drop_index("ix_role_assignments_organisation_id")

    op.drop_table("role_assignments")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_index("ix_people_practice_id")
        batch_op.drop_index("ix_people_nhs_number")
        batch_op.drop_index("ix_people_family_name")

    op.drop_table("people")
    with op.batch_alter_table("locations") as batch_op:
        batch_op.drop_index("ix_locations_organisation_id")
        batch_op.drop_index("ix_locations_latitude_longitude")

    op.drop_table("locations")
    with op.batch_alter_table("imports") as batch_op:
        batch_op.drop_index("ix_imports_source")

    op.drop_table("imports")
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_index("ix_events_subject")
        batch_op.drop_index("ix_events_name")
        batch_op.drop_index("ix_events_actor_id")

    op.drop_table("events")
    op.drop_table("users")
    op.drop_table("taxonomies")
    with op.batch_alter_table("sign_in_failures") as batch_op:
        batch_op.drop_index("ix_sign_in_failures_key")
        batch_op.drop_index("ix_sign_in_failures_at")

    op.drop_table("sign_in_failures")
    op.drop_table("postcodes")
    with op.batch_alter_table("places") as batch_op:
        batch_op.drop_index("ix_places_path")
        batch_op.drop_index("ix_places_parent_id")

    op.drop_table("places")
    op.drop_table("outcodes")
    with op.batch_alter_table("outbox_messages") as batch_op:
        batch_op.drop_index("ix_outbox_messages_waiting")

    op.drop_table("outbox_messages")
    with op.batch_alter_table("organisations") as batch_op:
        batch_op.drop_index("uq_organisations_source_source_id")
        batch_op.drop_index("ix_organisations_name")
        batch_op.drop_index("ix_organisations_charity_number")

    op.drop_table("organisations")
    with op.batch_alter_table("listing_changes") as batch_op:
        batch_op.drop_index("ix_listing_changes_service_id")

    op.drop_table("listing_changes")
    op.drop_table("geocodes")
