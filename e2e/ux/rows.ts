/** The goals that are measured, as data. */
import type { Row } from './contract'
import * as access from './measures/access'
import * as graph from './measures/graph'
import * as keep from './measures/keep'
import * as links from './measures/links'
import * as load from './measures/load'
import * as steps from './measures/steps'
import * as text from './measures/text'
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
  {
    id: 'T5',
    title: 'the array of nodes stays the same while stepping',
    target: 'all-steps',
    measure: graph.sameNodes,
  },
  {
    id: 'T6',
    title: 'objects that stay do not move between steps',
    target: '0px',
    measure: graph.nothingMoves,
  },
  {
    id: 'T7',
    title: 'objects that stay hardly move when a line is edited',
    target: '<=8px',
    measure: graph.editMovesLittle,
  },
  { id: 'T9', title: 'worker message a step', target: 'most<=4KiB', measure: time.messageSize },
  { id: 'T10', title: '1,000,000 steps pasted', target: '3/3,longest-gap<=100ms', measure: time.runaway },
  { id: 'T11', title: 'over 1,000 objects', target: '4/4', measure: graph.thousands },
  {
    id: 'U1',
    title: "step, back, first, last, play, speed, run to, reverse; gdb's names",
    target: 'all',
    measure: steps.transport,
  },
  { id: 'U2', title: 'breakpoints forward and back, six kinds', target: 'all', measure: steps.breakpoints },
  {
    id: 'U3',
    title: 'every changed leaf is marked, and no other',
    target: 'all-leaves',
    measure: graph.marksAgree,
  },
  {
    id: 'U4',
    title: 'from an object or an entry to the steps that changed it',
    target: 'all',
    measure: steps.provenance,
  },
  {
    id: 'U5',
    title: 'a refused call has errno, rule and source',
    target: 'all-rules',
    measure: text.refusals,
  },
  { id: 'U6', title: 'a card for every command', target: 'all-commands,3/3', measure: text.cards },
  { id: 'U9', title: 'an address walked', target: 'all', measure: steps.walk },
  { id: 'U10', title: 'lanes of the step', target: 'all', measure: steps.lanes },
  { id: 'I4', title: 'independent errors in one text', target: '>=20-lines-told', measure: text.manyErrors },
  { id: 'I5', title: 'the last good state stays', target: 'all', measure: text.lastGoodState },
  { id: 'I6', title: 'results at their lines', target: 'all', measure: text.inlineResults },
  { id: 'I7', title: 'edit to new state, 200 lines', target: 'p95<=50ms', measure: text.editToState },
  {
    id: 'S1',
    title: 'length of a link, by steps',
    target: '10:200,50:700,100:1350,200:2700,1000:13100',
    measure: links.lengths,
  },
  { id: 'S2', title: 'alphabet of links', target: 'all', measure: links.alphabet },
  { id: 'S3', title: 'what transit does to links', target: 'all', measure: links.mangled },
  { id: 'S4', title: 'cut and damaged links', target: 'all,said', measure: links.damage },
  { id: 'S5', title: 'every link ever released', target: 'all', measure: links.released },
  { id: 'S7', title: 'a link from a newer build', target: 'all', measure: links.newer },
  { id: 'S8', title: 'the receiver sees what the sender saw', target: 'all', measure: links.senderSees },
  { id: 'S9', title: 'the address bar is the link', target: 'all,<=300ms', measure: links.addressBar },
  { id: 'S10', title: 'a link opened gives the text back', target: 'all', measure: links.restoreMine },
  { id: 'S11', title: 'long texts go as files', target: 'all', measure: links.filesForLongOnes },
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
  { id: 'X3', title: 'links that unpack without end', target: 'all,<=50ms', measure: links.bombs },
  { id: 'X5', title: 'names that turn or hide text', target: 'all', measure: text.hostileNames },
  { id: 'A1', title: 'axe over every view and theme', target: '0', ms: 180_000, measure: access.axe },
  { id: 'A2', title: 'by keyboard, with the focus seen', target: 'all', measure: access.byKeyboard },
  { id: 'A3', title: 'order of the focus in the graph', target: 'all', measure: graph.focusOrder },
  {
    id: 'A4',
    title: 'the outline tells what the picture shows',
    target: 'all-steps',
    measure: graph.outlineInSync,
  },
  { id: 'A5', title: 'steps are told to those who listen', target: 'all-steps', measure: steps.announced },
  { id: 'A6', title: 'single keys', target: 'all', measure: access.singleKeys },
  { id: 'A7', title: 'targets of 24 px, 400 % zoom', target: 'all,0-small', measure: access.targets },
  { id: 'A8', title: 'marks without colour', target: 'all', measure: graph.withoutColour },
  { id: 'W1', title: 'autosave and revisions', target: 'all,<=1000ms,>=100-kept', measure: keep.autosave },
  { id: 'W2', title: 'undo of everything', target: 'all', measure: keep.undo },
  {
    id: 'W4',
    title: 'every command in palette, list of keys and tooltips',
    target: 'all-actions,3/3',
    measure: access.everyAction,
  },
]
