/** What each member of a struct means and what stands in it, by its name. Source: iommufd facts 2, 3.1, 5.3. */
import type { FieldWord, Role } from '../../flow/vocabulary'

type Row = readonly [Role, string, ...string[]]

const ROWS: Readonly<Record<string, Row>> = {
  id: ['ioasid', 'number of the object'],
  flags: ['flags', 'bits of the call'],
  ioas_id: ['ioasid', 'number of the IOAS'],
  dst_ioas_id: ['ioasid', 'IOAS that gets the areas'],
  src_ioas_id: ['ioasid', 'IOAS that has them'],
  object_id: ['ioasid', 'number of the object; 0 for the file itself'],
  dev_id: ['ioasid', 'number of the bound device'],
  pt_id: ['ioasid', 'an IOAS, a page table or a vIOMMU; after an attach the page table used'],
  hwpt_id: ['ioasid', 'number of the page table'],
  viommu_id: ['ioasid', 'number of the vIOMMU'],
  fault_id: ['ioasid', 'number of the fault queue, under FAULT_ID_VALID'],
  stdev_id: ['ioasid', 'number of the test device'],
  user_va: ['vaddr', 'first byte of process memory'],
  iova: ['iova', 'first I/O virtual address, bytes; chosen by the kernel without FIXED_IOVA'],
  dst_iova: ['iova', 'where the areas are to appear'],
  src_iova: ['iova', 'where they are now'],
  start: ['size', 'first byte: of the file, or of the range'],
  length: ['size', 'bytes; after an unmap the bytes removed'],
  fd: ['fd', 'the file whose pages are mapped'],
  num_iovas: ['number', 'entries that the array has or takes'],
  allowed_iovas: ['bytes', 'array of struct iommu_iova_range, {start, last} each'],
  option_id: ['number', 'which option'],
  op: ['number', 'what is done with it'],
  val64: ['number', 'its value'],
  data_type: ['number', 'of which struct the data is'],
  data_len: ['struct-size', 'bytes of the data; left out, or sizeof: all that is given'],
  data_uptr: ['bytes', 'the data'],
  in_data_type: ['number', 'type asked for under INPUT_TYPE'],
  page_size: ['size', 'bytes that one bit stands for'],
  data: ['bytes', 'the bitmap'],
  entry_len: ['struct-size', 'bytes of one entry; left out, or sizeof: all that is given'],
  entry_num: ['number', 'entries; afterwards those done'],
  type: ['number', 'whose kind of object it is'],
  virt_id: ['number', 'number of the device inside the vIOMMU'],
  veventq_depth: ['number', 'events that the queue holds'],
  index: ['number', 'which queue'],
  nesting_parent_iova: ['iova', 'its memory, an address of the parent table'],
  iommufd: ['context-fd', 'the address space file', 'fd'],
  token_uuid_ptr: ['bytes', 'a token that functions of one device share'],
  pasid: ['pasid', 'PASID, under the PASID flag'],
  dev_flags: ['flags', 'what the test device can do'],
  access_fd: ['fd', 'the file of the access'],
  access_pages_id: ['number', 'number of what was pinned'],
  write: ['number', '1: for writing'],
  uptr: ['bytes', 'memory of the program that is copied, or looked at'],
  refs: ['number', 'how often each page should be pinned'],
  limit: ['number', 'bytes that the kernel may use to batch its work'],
  iotlb_id: ['number', 'which entry'],
  iotlb: ['number', 'what it should hold'],
  cache_id: ['number', 'which entry'],
  cache: ['number', 'what it should hold'],
  grpid: ['number', 'group of page requests'],
  perm: ['flags', '1 read, 2 write, 4 execute'],
  addr: ['iova', 'address asked for'],
  bitmap: ['bytes', 'a bit for each page that was written'],
  size: ['struct-size', 'bytes of the struct that the caller has; left out, or sizeof: all'],
  argsz: ['struct-size', 'bytes of the struct that the caller has; left out, or sizeof: all'],
  trailing: ['number', '1 where a byte behind the known struct is not zero'],
}

const RESERVED: Row = ['number', 'must be 0']

export function fieldWord(name: string): FieldWord {
  const [role, doc, ...aliases] = ROWS[name] ?? RESERVED
  return { name, aliases, role, doc }
}
