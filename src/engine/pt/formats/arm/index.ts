/** The formats of Arm's VMSAv8-64 that an SMMUv3 walks. */
export { armS1 } from './stage1'
export { armS2 } from './stage2'
