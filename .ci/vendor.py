"""Copy the front-end packages, already built, from node_modules into social_rx/static/vendor.

Run by a developer (see docs/vendoring.md), never in CI or by the application: what it writes is committed.
What leaves here loads nothing from elsewhere and passes a CSP of `style-src 'self'; img-src 'self'`.
"""

import base64
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote

OUT = Path(__file__).parent.parent / "social_rx" / "static" / "vendor"
PINNED = {"nhsuk-frontend": "10.6.1", "swagger-ui-dist": "5.35.0"}

# The npm package says "MIT" but carries no text; this is LICENSE of github.com/nhsuk/nhsuk-frontend.
NHSUK_LICENCE = """\
MIT License

Copyright (c) 2019 NHS.UK

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

NHSUK_START = """\
// Starts the design system's components. Written by .ci/vendor.py.
import { initAll } from './nhsuk.mjs'

initAll()
"""

# Reads its settings from the page's <div id="swagger-ui" data-url="...">, so the page needs no inline script.
SWAGGER_START = """\
// Starts the API page. Written by .ci/vendor.py. validatorUrl: null, or it would ask validator.swagger.io.
const target = document.getElementById('swagger-ui')

window.SwaggerUIBundle({ domNode: target, url: target.dataset.url, validatorUrl: null, deepLinking: true })
"""

DATA_URL = re.compile(r"""url\((["']?)data:image/([a-z]+)[^,]*?(;base64)?,(.*?)\1\)""")


def put(name: str, content: bytes | str) -> None:
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def without_source_map(text: str) -> str:
    """The maps are not copied, and a comment that names one makes every browser ask for it."""
    return re.sub(r"(/\*|//)# sourceMappingURL=\S+( ?\*/)?\s*\Z", "", text).rstrip() + "\n"


def substituted(pattern: str, replacement: str, text: str) -> str:
    """Like re.sub, but a pattern that no longer occurs is an error: the package has changed."""
    text, times = re.subn(pattern, replacement, text)
    if not times:
        raise SystemExit(f"{pattern!r} was not found: read the new CSS and change .ci/vendor.py")
    return text


def copy_nhsuk(package: Path) -> None:
    """Take the design system without Frutiger, which only NHS organisations may use."""
    dist = package / "dist" / "nhsuk"
    css = without_source_map((dist / "nhsuk-frontend.min.css").read_text())
    css = substituted(r"@font-face\{[^}]*\}", "", css)
    css = substituted(r"Frutiger W01,", "", css)
    css = substituted(r"url\(/assets/images/", "url(images/", css)
    put("nhsuk/nhsuk.css", css)
    for image in sorted(set(re.findall(r"url\(images/([^)]+)\)", css))):
        put(f"nhsuk/images/{image}", (dist / "assets" / "images" / image).read_bytes())
    put("nhsuk/nhsuk.mjs", without_source_map((dist / "nhsuk-frontend.min.js").read_text()))
    put("nhsuk/start.mjs", NHSUK_START)
    put("nhsuk/LICENSE", NHSUK_LICENCE)


def with_images_as_files(css: str, folder: str) -> str:
    """Write each image that is packed into the CSS to a file: our CSP allows no `data:` images."""

    def to_file(match: re.Match[str]) -> str:
        _, kind, is_base64, packed = match.groups()
        content = base64.b64decode(packed) if is_base64 else unquote(packed.replace('\\"', '"')).encode()
        name = f"{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
        put(f"{folder}/images/{name}", content)
        return f"url(images/{name})"

    return DATA_URL.sub(to_file, css)


def copy_swagger_ui(package: Path) -> None:
    css = without_source_map((package / "swagger-ui.css").read_text())
    put("swagger-ui/swagger-ui.css", with_images_as_files(css, "swagger-ui"))
    put("swagger-ui/swagger-ui-bundle.js", without_source_map((package / "swagger-ui-bundle.js").read_text()))
    put("swagger-ui/start.js", SWAGGER_START)
    for text in ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"):
        put(f"swagger-ui/{text}", (package / text).read_bytes())


def refuse_remote_addresses() -> None:
    for css in OUT.rglob("*.css"):
        if found := re.search(r"https?:|//[a-z]", css.read_text()):
            raise SystemExit(f"{css} still points elsewhere: {found.group()}")


def main(node_modules: Path) -> None:
    for name, pinned in PINNED.items():
        found = json.loads((node_modules / name / "package.json").read_text())["version"]
        if found != pinned:
            raise SystemExit(f"{name} is {found}; .ci/vendor.py expects {pinned}. Change PINNED on purpose.")
    shutil.rmtree(OUT, ignore_errors=True)
    copy_nhsuk(node_modules / "nhsuk-frontend")
    copy_swagger_ui(node_modules / "swagger-ui-dist")
    refuse_remote_addresses()
    put("VERSIONS.json", json.dumps(PINNED, indent=2) + "\n")
    files = sorted(path for path in OUT.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(OUT).as_posix()}\n" for path in files]
    put("SHA256SUMS", "".join(sums))
    sys.stdout.write(f"{len(files)} files in {OUT}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python .ci/vendor.py NODE_MODULES_DIR")
    main(Path(sys.argv[1]))
