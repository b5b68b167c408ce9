/** What runs before the page's own scripts have arrived. Imports as little as can be: it is loaded first. */
import { startEarly } from './app/early-worker'
import { loadCodec } from './share/codec'

startEarly()
// No link is read without its codec, which other visits need later and once.
if (location.hash.length > 1) void loadCodec()
