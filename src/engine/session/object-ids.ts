/** Names of the objects of a flow that hold at every step: what a graph, a selection and a breakpoint call them. */

export const MEMORY_ID = 'memory'
export const IOMMU_ID = 'iommu:0'

/** By uid, not by the number the dialect gave out: that one is given out again. */
export const spaceObjectId = (uid: number): string => `space:${uid}`
export const contextObjectId = (uid: number): string => `context:${uid}`
export const groupObjectId = (group: number): string => `group:${group}`
export const deviceObjectId = (name: string): string => `device:${name}`
/** An object that a file numbers: the file's context, and the how manyeth object it was made as. */
export const numberedObjectId = (context: number, nth: number): string => `object:${context}.${nth}`
