/** What runs before the page's own scripts have arrived. Imports as little as can be: it is loaded first. */
import { startEarly } from './app/early-worker'

startEarly()
