"""The rules of the house that a reader would otherwise have to remember, checked by reading the source.

Each rule stands beside a source that breaks it, so that a rule that cannot fail is found out. To change a rule,
change it here, in the open.
"""

import ast
import graphlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "social_rx"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


TREES = {module_name(path): ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
TEMPLATES = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in sorted(PACKAGE.rglob("*.html"))}
TESTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted((ROOT / "tests").rglob("*.py"))}
SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))} | TEMPLATES

GROUND = {"db", "lifecycle", "events", "errors", "clock", "config"}
RECORDS = {"models", "status", "users", "places"}
DOORS = {"pages", "api", "publish", "fhir"}
EDGE = {*DOORS, "cli", "web", "access", "auth", "navigation", "openapi", "health"}
KNOW_THE_REQUEST = {*DOORS, "web", "access", "auth", "navigation", "openapi", "sessions"}
WIRING = {"social_rx", "social_rx.cli", "social_rx.jobs", "social_rx.demo"}
OWNERS = {
    "whoosh": "social_rx.directory.search.whoosh_index",
    "geopy": "social_rx.directory.geocoding",
    "requests": "social_rx.fetching",
    "smtplib": "social_rx.messages.email",
}
VAGUE = "utils util helpers helper common misc manager managers base core services stuff shared lib tools general"
KINDS = "classes constants decorators enums exceptions functions handlers interfaces mixins types validators views"
RUNS_TEXT = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "code", "codeop"}


class Rule(NamedTuple):
    check: Callable[..., Iterator[str]]
    where: str
    broken: str


RULES: list[Rule] = []
TEXT_RULES: list[Rule] = []


def rule(where: str, broken: str, kind: list[Rule] = RULES) -> Callable:
    """Make the function below a rule; `broken`, were it the source of `where`, must be found at fault."""

    def add(check: Callable[..., Iterator[str]]) -> Callable[..., Iterator[str]]:
        kind.append(Rule(check, where, broken))
        return check

    return add


def parts(module: str) -> set[str]:
    """The words of its name; a door named for what it opens, such as `my_listings_api`, is an `api` too."""
    names = set(module.split(".")[1:])
    return names | ({name.rpartition("_")[2] for name in names} & DOORS)


def layer(module: str) -> int:
    """0 for what everything stands on, 1 for records, 2 for use cases and queries, 3 for the doors."""
    if module == "social_rx" or parts(module) & EDGE:
        return 3
    return 0 if module.split(".")[1] in GROUND else 1 if parts(module) & RECORDS else 2


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything imported, e.g. `flask.request`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module}.{alias.name}") for alias in node.names)


def ours(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the name of each module of the package that is imported."""
    for line, name in imports(tree):
        if name.split(".")[0] == "social_rx":
            yield line, name if name in TREES else name.rpartition(".")[0]


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the name of everything called, e.g. `db.session.commit`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


@rule("social_rx.referrals.queries", "from social_rx.referrals.pages.cases import show")
@rule("social_rx.directory.models.services", "from social_rx.directory import listings")
@rule("social_rx.events", "from social_rx.users import Actor")
def imports_point_inwards(module, tree):
    for line, name in ours(tree):
        if layer(name) > layer(module):
            yield f"{line}: imports {name}"


@rule("social_rx.directory.search.query", "import social_rx.referrals.models.people")
@rule("social_rx.web", "from social_rx.referrals import queries")
@rule("social_rx.users", "from social_rx.directory.models import Organisation")
def neither_the_directory_nor_what_both_need_knows_about_referrals(module, tree):
    if module in WIRING or module.startswith(("social_rx.demo.", "social_rx.referrals")):
        return
    for line, name in ours(tree):
        if "referrals" in parts(name) or ("directory" in parts(name) and module.split(".")[1] in GROUND | RECORDS):
            yield f"{line}: imports {name}"


@rule("social_rx.referrals.triage", "from flask import request")
@rule("social_rx.referrals.triage", "import flask\nflask.session['actor'] = 1")
@rule("social_rx.referrals.triage", "from flask_login import current_user")
@rule("social_rx.referrals.pages.cases", "from flask_security import current_user")
def only_the_web_modules_know_who_is_asking(module, tree):
    names = [(node.lineno, ast.unparse(node)) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for line, name in [*imports(tree), *names]:
        if name in {"flask.request", "flask.session", "flask.g"} and not parts(module) & KNOW_THE_REQUEST:
            yield f"{line}: {name}"
        if re.fullmatch(r"flask_(login|security)\.current_user", name) and not parts(module) & {"access", "auth"}:
            yield f"{line}: {name}"


@rule("social_rx.directory.pages", "from social_rx.db import db")
@rule("social_rx.directory.moderation_pages", "from social_rx.db import db")
@rule("social_rx.referrals.api.referrals", "import sqlalchemy as sa")
def the_doors_never_touch_the_database(module, tree):
    for line, name in imports(tree):
        if parts(module) & DOORS and name.startswith(("social_rx.db", "sqlalchemy", "flask_sqlalchemy")):
            yield f"{line}: imports {name}"


@rule("social_rx.directory.listings", "from whoosh.index import open_dir")
@rule("social_rx.referrals.notices", "import smtplib")
def each_engine_has_one_owner(module, tree):
    for line, name in imports(tree):
        if module != OWNERS.get(name.split(".")[0], module):
            yield f"{line}: imports {name}"


@rule("social_rx.clock", "def today():\n    from datetime import date\n    return date.today()")
@rule("social_rx.clock", "from . import errors")
def imports_stand_at_the_top_and_are_absolute(module, tree):
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for line, name in {found for function in functions for found in imports(function)}:
        yield f"{line}: imports {name} inside a function"
    for line, name in imports(tree):
        if name.startswith("."):
            yield f"{line}: says from where with a dot"


@rule("social_rx.referrals.triage", "db.session.commit()")
def only_the_transaction_commits(module, tree):
    for line, name in calls(tree):
        if name.endswith(".commit") and module != "social_rx.db":
            yield f"{line}: {name}"


def assigned(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return [item for target in targets for item in getattr(target, "elts", [target])]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return [target]
        case ast.Call(func=ast.Name(id="setattr"), args=[record, ast.Constant(value=name), _]):
            return [ast.Attribute(record, name)]
        case ast.Call(func=ast.Attribute(attr="values"), keywords=keywords):
            return [ast.Attribute(node.func, keyword.arg or "") for keyword in keywords]
    return []


@rule("social_rx.referrals.triage", "referral.status = 'rejected'")
@rule("social_rx.referrals.triage", "referral.reason, referral.status = 'full', 'rejected'")
@rule("social_rx.referrals.triage", "setattr(referral, 'status', 'rejected')")
@rule("social_rx.referrals.triage", "update(Referral).values(status='rejected')")
@rule("social_rx.referrals.models.referral", "class R:\n    def reject(self):\n        self.status = 'rejected'")
def a_status_changes_by_its_lifecycle_alone(module, tree):
    applies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "apply"]
    allowed = {id(node) for function in applies for node in ast.walk(function) if "models" in parts(module)}
    for node in ast.walk(tree):
        for target in assigned(node):
            outside = id(node) not in allowed and module != "social_rx.web"  # whose refusals have an HTTP status
            if isinstance(target, ast.Attribute) and target.attr == "status" and outside:
                yield f"{node.lineno}: {ast.unparse(node)}"


@rule("social_rx.referrals.models.plan", "def goals(self):\n    return db.session.scalars(select(Goal))")
@rule("social_rx.users", "place = relationship()")
def models_ask_nothing_and_load_nothing_by_themselves(module, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "db.session" and "models" in parts(module):
            yield f"{node.lineno}: a model asks the database"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "relationship":
            lazy = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "lazy"]
            if lazy != ["'raise'"]:
                yield f"{node.lineno}: a relationship without lazy='raise'"


@rule("social_rx.referrals.chasing", "now = datetime.now(UTC)")
def only_the_clock_knows_what_time_it_is(module, tree):
    for line, name in calls(tree):
        if (
            re.fullmatch(r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.time)", name)
            and module != "social_rx.clock"
        ):
            yield f"{line}: {name}"


@rule("social_rx.messages.email", "password = os.environ['PASSWORD']")
def only_the_settings_read_the_environment(module, tree):
    for node in ast.walk(tree):
        if ast.unparse(node) in {"os.environ", "os.getenv"} and module != "social_rx.config":
            yield f"{node.lineno}: reads the environment"


@rule("social_rx.directory.imports", "import pickle")
@rule("social_rx.directory.imports", "from xml.etree import ElementTree")
@rule("social_rx.directory.imports", "eval(cell)")
@rule("social_rx.directory.pages", "flask.render_template_string(name)")
def nothing_that_people_write_is_run(module, tree):
    for line, name in imports(tree):
        if name.split(".")[0] in RUNS_TEXT:
            yield f"{line}: imports {name}"
    for line, name in calls(tree):
        if name in {"eval", "exec", "compile", "__import__"} or name.endswith(("render_template_string", "os.system")):
            yield f"{line}: {name}"


@rule("social_rx.directory.pages", "Markup(service.description)")
def only_the_design_system_makes_markup(module, tree):
    for line, name in calls(tree):
        if name.rpartition(".")[2] == "Markup" and module != "social_rx.nhs":
            yield f"{line}: {name}"


@rule("social_rx.referrals.chasing", '"""Chases."""\n' + "x = 1\n" * 300)
@rule("social_rx.referrals.chasing", "def chase():\n" + "    x = 1\n" * 40)
def modules_and_functions_stay_small(module, tree):
    if tree.body and tree.body[-1].end_lineno > 300:
        yield f"{tree.body[-1].end_lineno} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 40:
            yield f"{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"


@rule("social_rx.referrals.helpers", "")
@rule("social_rx.directory.validators", "")
@rule("social_rx.directory.services", "")
@rule("social_rx.directory.listings", "class ListingManager: ...")
def names_say_what_is_inside(module, tree):
    of_the_noun = re.search(r"\.(models|schemas|pages|api)\.services$", module)
    if parts(module) & {*VAGUE.split(), *KINDS.split()} and not of_the_noun:
        yield f"{module} says nothing, or only a kind: name the activity"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Util|Utils|Mixin|Impl)$", node.name):
            yield f"{node.lineno}: {node.name}"


@rule("social_rx.referrals.chasing", "x = 1")
def every_module_says_what_it_is_for(module, tree):
    if not ast.get_docstring(tree):
        yield "no docstring"


@rule("social_rx/clock.py", "# TODO: leap seconds", TEXT_RULES)
def what_is_left_to_do_cites_its_decision(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line) and not re.search(r"ADR \d", line):
            yield f"{number}: {line.strip()}"


@rule("templates/directory/show.html", "<p>Hello</p>", TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}{{ service.name | safe }}', TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}{% autoescape false %}', TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}<p style="color: red">', TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}<a onclick="go()">', TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}<script>go()</script>', TEXT_RULES)
@rule("templates/directory/show.html", '{% extends "base.html" %}<form action="/go">', TEXT_RULES)
def a_page_stands_in_the_frame_and_trusts_nobody(name, text):
    if not name.endswith(".html"):
        return
    fragment = {"macros", "partials", "messages"} & set(Path(name).parts) or Path(name).stem.startswith("_")
    if (
        not fragment
        and Path(name).name != "base.html"
        and not re.match(r"(\{#.*?#\}\s*)?\{% extends ", text, re.DOTALL)
    ):
        yield "extends nothing"
    markup = re.sub(r"\{#.*?#\}", "", text.replace("<script>{{ boot_script }}</script>", ""), flags=re.DOTALL)
    dangers = r"\|\s*safe\b|autoescape\s+false|<[^>]*\s(style|on\w+)=|<style|<script>|(src|action)=\"https?:"
    yield from (f"has {found.group()}" for found in re.finditer(dangers, markup))
    for form in re.findall(r"<form\b[^>]*>", markup):
        if "method=" not in form:
            yield f"does not say whether it is get or post: {form}"


@rule("tests/unit/test_clock.py", "x = 1\n" * 401, TEXT_RULES)
@rule("tests/unit/test_clock.py", "@pytest.mark.skip\ndef test_x(): ...", TEXT_RULES)
def a_test_file_is_short_and_every_test_in_it_runs(name, text):
    if not name.startswith("tests/"):
        return
    if len(text.splitlines()) > 400:
        yield f"{len(text.splitlines())} lines"
    if name == "tests/shared_data.py":
        return  # data that only some machines have: the one reason to leave a test out, given in one place
    if found := re.search(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b", text):
        yield found.group()


def for_types_alone(module: str, tree: ast.Module) -> set[int]:
    """The lines imported only to name the type of a relation, which models may do in both directions."""
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {node.lineno for block in blocks for node in block.body if "models" in parts(module)}


def import_cycle(trees: dict[str, ast.Module]) -> list[str]:
    """The modules that import each other in a circle, or none."""
    known = {
        name: {found for line, found in ours(tree) if line not in for_types_alone(name, tree)} & trees.keys() - {name}
        for name, tree in trees.items()
    }
    try:
        graphlib.TopologicalSorter(known).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def identity(found: Rule) -> str:
    return f"{found.check.__name__}-{found.where}"


CHECKS = list(dict.fromkeys(found.check for found in RULES))
TEXT_CHECKS = list(dict.fromkeys(found.check for found in TEXT_RULES))
THIS = "tests/test_architecture.py"  # names what it forbids


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_source_keeps_the_rule(check):
    faults = [f"{module}:{fault}" for module, tree in TREES.items() for fault in check(module, tree)]

    assert faults == []


@pytest.mark.parametrize("check", TEXT_CHECKS, ids=lambda check: check.__name__)
def test_the_text_of_templates_source_and_tests_keeps_the_rule(check):
    texts = {name: text for name, text in (SOURCES | TESTS).items() if name != THIS}

    faults = [f"{name}:{fault}" for name, text in texts.items() for fault in check(name, text)]

    assert faults == []


@pytest.mark.parametrize("found", RULES, ids=identity)
def test_each_rule_finds_the_source_that_breaks_it(found):
    assert list(found.check(found.where, ast.parse(found.broken)))


@pytest.mark.parametrize("found", TEXT_RULES, ids=identity)
def test_each_rule_finds_the_text_that_breaks_it(found):
    assert list(found.check(found.where, found.broken))


def test_no_two_modules_need_each_other():
    assert import_cycle(TREES) == []


def test_two_modules_that_need_each_other_are_found():
    clock, users = ast.parse("import social_rx.users"), ast.parse("import social_rx.clock")

    assert import_cycle({"social_rx.clock": clock, "social_rx.users": users})


def test_there_is_something_to_check():
    assert {"social_rx", "social_rx.db", "social_rx.referrals.models.referral"} <= TREES.keys()
    assert "templates/base.html" in TEMPLATES
