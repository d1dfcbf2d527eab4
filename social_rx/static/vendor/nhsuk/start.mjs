// Starts the design system's components. Written by .ci/vendor.py.
import { initAll } from './nhsuk.mjs'

initAll()
