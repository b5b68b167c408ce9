/** The goals that are measured, as data. */
import type { Row } from './contract'
import * as load from './measures/load'
import * as time from './measures/time'

export const ROWS: readonly Row[] = [
  { id: 'T1', title: 'seek to any of 10,000 steps', target: 'p95<=1ms', measure: time.seek },
  {
    id: 'T2',
    title: 'key to painted step, 60 objects',
    target: 'median<=16.7ms,script-p95<=8ms',
    measure: time.stepOf60,
  },
  { id: 'T3', title: '10,000 steps scrubbed in 3 s', target: '0-long-tasks', measure: time.scrub },
  {
    id: 'T4',
    title: 'key to painted step, 300 objects',
    target: 'median<=16.7ms,script-p95<=8ms',
    measure: time.stepOf300,
  },
  { id: 'T9', title: 'worker message a step', target: 'most<=4KiB', measure: time.messageSize },
  { id: 'T10', title: '1,000,000 steps pasted', target: '3/3,longest-gap<=100ms', measure: time.runaway },
  { id: 'L1', title: 'sizes, gzip', target: 'first<=185,css<=15,all<=400kB', measure: load.sizes },
  {
    id: 'L2',
    title: 'a link on slow 4G and a slow processor',
    target: 'cold<=1.8s,warm<=0.5s',
    measure: load.coldLink,
  },
  { id: 'L4', title: 'the graph waits for no editor', target: '1/1', measure: load.graphBeforeEditor },
  { id: 'L6', title: 'requests after load', target: '0-later,0-elsewhere', measure: load.requestsAfterLoad },
  { id: 'X1', title: 'content policy', target: 'all', measure: load.contentPolicy },
  { id: 'X2', title: 'no markup or code out of text', target: '0', measure: load.noMarkupFromText },
]
