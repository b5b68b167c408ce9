import { Host } from './host'
import { realEngine } from './real-engine'

new Host(self, { engine: realEngine, now: () => performance.now(), yieldTo: resume => setTimeout(resume) })
