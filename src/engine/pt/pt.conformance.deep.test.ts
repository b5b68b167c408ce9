import { describe } from 'vitest'
import { FORMATS } from '.'
import { conformance } from './pt.conformance'

for (const format of FORMATS) {
  describe(format.id, () => {
    for (const cfg of format.testConfigs) describe(JSON.stringify(cfg), () => conformance(format, cfg))
  })
}
