"""The social-rx command."""

import os
import sys
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from social_rx import accounts, config, create_app, tokens
from social_rx.db import MIGRATIONS, db
from social_rx.demo import loading as demonstration
from social_rx.directory import finding, geocoding, imports, search
from social_rx.directory.import_mappings import load_mapping
from social_rx.directory.known_points import repoint_locations
from social_rx.directory.postcode_loading import load_postcodes
from social_rx.errors import SocialRxError, UnsafeSettings
from social_rx.places import find_place
from social_rx.users import SYSTEM, Role

console = Console()
SERVER = "social_rx:create_app()"


class PlainGroup(click.Group):
    """Shows a refusal as one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SocialRxError as refusal:
            raise click.ClickException(refusal.message) from refusal


@click.group(cls=PlainGroup)
@click.pass_context
def main(context: click.Context) -> None:
    """Run and look after a community support directory."""
    try:
        context.with_resource(create_app().app_context())
    except UnsafeSettings as refusal:
        raise click.ClickException(str(refusal)) from refusal


def progress() -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to serve, on this machine only.")
@click.option("--no-serve", is_flag=True, help="Load, print the sign-ins, and stop.")
def demo(port: int, no_serve: bool) -> None:
    """Make the database, load the demonstration once, print one sign-in for each role, and serve."""
    if current_app.config["ENV"] == "production":
        raise click.ClickException("The demonstration is not for production.")
    upgrade(directory=str(MIGRATIONS))
    kept = Path(current_app.instance_path) / "demo_password"
    if not demonstration.is_loaded():
        password = demonstration.new_password()
        with progress() as bar:
            task = bar.add_task("Loading the demonstration")
            demonstration.load_demo(password, lambda what: bar.update(task, description=f"Loading {what}"))
        kept.touch(mode=0o600)
        kept.write_text(password)
    with progress() as bar:
        bar.add_task("Opening the search index")
        search.find_services(search.SearchQuery(text="walking"))
    _print_sign_ins(kept.read_text() if kept.exists() else "the one you set")
    db.session.remove()
    if not no_serve:
        console.print(f"\nServing on http://127.0.0.1:{port}  (stop with Ctrl-C)\n")
        _serve(port, workers=2, ENV="demo")


def _print_sign_ins(password: str) -> None:
    table = Table(title=f"Sign in with the password  {password}")
    table.add_column("Role", no_wrap=True)
    table.add_column("E-mail address", no_wrap=True)
    for role, _, email in demonstration.sign_ins():
        table.add_row(role, email)
    console.print(table)


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(port: int, workers: int) -> None:
    """Serve with gunicorn, behind a proxy that speaks HTTPS."""
    _serve(port, workers)


def _serve(port: int, workers: int, **settings: str) -> None:
    """Become the server: nothing of this process is kept."""
    sys.stdout.flush()
    options = ["--no-control-socket", "--workers", str(workers), "--worker-class", "gthread", "--threads", "4"]
    options += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", SERVER]
    command = [sys.executable, "-m", "gunicorn", *options]
    settings = {"BASE_URL": f"http://127.0.0.1:{port}"} | settings
    os.execve(sys.executable, command, config.environment(**settings))  # noqa: S606 - no shell


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", required=True, help="The name of a mapping that comes with the package, or a file of your own."
)
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Where to write what was wrong.")
@click.option("--look-up", "ask", is_flag=True, help="Then ask postcodes.io about postcodes that the table lacks.")
def import_(file: Path, mapping: str, errors: Path | None, ask: bool) -> None:
    """Take in listings from a spreadsheet."""
    with Progress(console=console) as bar:
        task = bar.add_task(f"Importing {file.name}", total=None)
        result = imports.import_listings(
            SYSTEM,
            file,
            load_mapping(mapping),
            report=lambda done, total: bar.update(task, completed=done, total=total),
            errors_to=errors,
        )
    console.print(", ".join(f"{count:,} {what}" for what, count in result.counts.items()))
    for why, count in result.reasons.items():
        console.print(f"  {count:,} rows: {why}", markup=False)
    if errors and errors.exists():
        console.print(f"What was wrong is in {errors}")
    if ask:
        _ask_outside(limit=10_000)


@main.group()
def postcodes() -> None:
    """Postcodes and where they are."""


@postcodes.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Fill the table of postcodes from Code-Point Open, the ONS Postcode Directory, or a CSV file."""
    with progress() as bar:
        task = bar.add_task("Reading postcodes")
        done = load_postcodes(file, lambda rows: bar.update(task, description=f"{rows:,} rows read"))
        bar.update(task, description="Moving listings that waited for their postcode")
        moved = repoint_locations()
    console.print(f"{done.count:,} postcodes loaded in {done.seconds:.0f} s, {done.rejected:,} rows rejected")
    console.print(f"{moved:,} places now stand where their postcode is")
    for line in done.first_rejected:
        console.print(f"  {line}", markup=False)


@postcodes.command("look-up")
@click.option("--limit", default=1000, show_default=True)
def look_up(limit: int) -> None:
    """Ask postcodes.io about the postcodes of addresses that the table lacks."""
    _ask_outside(limit)


def _ask_outside(limit: int) -> None:
    done = geocoding.look_up_missing(limit)
    console.print(
        f"{done.asked:,} asked, {done.found:,} found, {done.unknown:,} unknown, {done.repointed:,} places moved"
    )
    if done.stopped:
        console.print(done.stopped, markup=False)


@main.command()
def reindex() -> None:
    """Make the search index again from the database."""
    with progress() as bar:
        bar.add_task("Building the search index")
        search.rebuild()


@main.command("search")
@click.argument("text")
@click.option("--near", help="A postcode, or the first part of one.")
@click.option("--within-km", default=10.0, show_default=True)
def search_(text: str, near: str | None, within_km: float) -> None:
    """Search as the page does, and say why each service was found."""
    asked = finding.ask({"text": text, "near": near, "within_km": within_km})
    found = search.find_services(asked.query)
    console.print(f"{found.hits.total} services. {asked.near_problem or ''}")
    for hit, service in found.found:
        console.print(f"{service.name} ({service.organisation.name})", markup=False, style="bold")
        console.print(f"  {'; '.join(hit.reasons)}", markup=False)


@main.command()
@click.argument("email")
def token(email: str) -> None:
    """Issue a bearer token for the API to the account with this e-mail address."""
    secret = tokens.issue_token(SYSTEM, email)
    click.echo(secret)
    click.echo("Keep it safe: it is shown this once, and works for 90 days.", err=True)


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--place", help="The practice, team or hub, by its name.")
def add(email: str, name: str, role: str, place: str | None) -> None:
    """Add an account with one role; its owner chooses a password from the sign-in page."""
    where = find_place(place) if place else None
    if place and where is None:
        raise click.ClickException(f"There is no place called {place}.")
    accounts.add_user(SYSTEM, name=name, email=email, role=Role(role), place_id=where.id if where else None)
    console.print(f"{email} may now choose a password at {current_app.config['BASE_URL']}/password/reset")


@main.command()
def migrate() -> None:
    """Bring the database's tables to this version."""
    upgrade(directory=str(MIGRATIONS))
    console.print("The database is up to date.")


@main.command()
def check() -> None:
    """Say whether these settings and this database would do."""
    try:
        with db.engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as failure:
        raise click.ClickException(f"The database does not answer: {type(failure).__name__}.") from failure
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if at != newest:
        raise click.ClickException(f"The database is at version {at}, not {newest}. Run: social-rx migrate")
    console.print("Settings and database are as they should be.")
    if current_app.config["OUTBOX"] == "file":
        console.print("Nothing is mailed: with SOCIAL_RX_OUTBOX=file messages go to files in the instance folder.")
