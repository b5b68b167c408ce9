/** Words every flow has, told in a sentence: functions and names of the language itself. Source: flow language. */

export interface CoreWord {
  readonly form: string
  readonly doc: string
}

export const CORE_WORDS: Readonly<Record<string, CoreWord>> = {
  open: {
    form: 'fd = open("path", mode)',
    doc: 'Opens a file of the dialect or of a device. Gives the lowest fd free from 3.',
  },
  ioctl: {
    form: 'ret = ioctl(fd, COMMAND, &argument)',
    doc: 'One call. Gives its return value, or the negative errno where it is refused.',
  },
  close: { form: 'close(fd)', doc: 'Closes a file. What the last close of it undoes is a ruling (R8, R9).' },
  mmap: { form: 'mmap(fd, size)', doc: 'Maps a file. Not modelled yet.' },
  read: { form: 'read(fd, &record)', doc: 'Takes the oldest page fault of an address space file (R38).' },
  expect: {
    form: 'expect(a == b)',
    doc: 'A check: the flow fails where it does not hold. A refusal that it asks for is expected.',
  },
  note: { form: 'note("text")', doc: 'A remark at this step, shown when presenting.' },
  memset: { form: 'memset(&x, 0, sizeof(x))', doc: 'Empties a struct.' },
  sizeof: { form: 'sizeof(x)', doc: 'Left to the machine: a struct of this language has no bytes.' },
  if: {
    form: 'if (condition) { .. } else { .. }',
    doc: 'Runs one side. A condition in words is decided by what the platform reports, else taken as false.',
  },
  else: { form: 'else { .. }', doc: 'The other side of an if.' },
  struct: { form: 'struct x y = { .a = 1; .b = 2 };', doc: 'Names a struct; its type says nothing here.' },
  fault: {
    form: 'expect(dma_read(dev1, 0, 1) == fault)',
    doc: 'What a DMA gives that the IOMMU did not let through.',
  },
  pending: {
    form: 'expect(dma_read(dev1, 0, 1) == pending)',
    doc: 'What a DMA gives that waits for the answer to a page request.',
  },
  NULL: { form: 'NULL', doc: 'Zero: no address.' },
  true: { form: 'true', doc: 'One.' },
  false: { form: 'false', doc: 'Zero.' },
  O_RDONLY: { form: 'open(path, O_RDONLY)', doc: 'Open mode: reading. The mode changes nothing here.' },
  O_WRONLY: { form: 'open(path, O_WRONLY)', doc: 'Open mode: writing. The mode changes nothing here.' },
  O_RDWR: { form: 'open(path, O_RDWR)', doc: 'Open mode: both. What `mode` is taken for in a mail.' },
  O_NONBLOCK: {
    form: 'open(path, O_NONBLOCK)',
    doc: 'Open mode: never wait. The mode changes nothing here.',
  },
  O_CLOEXEC: {
    form: 'open(path, O_CLOEXEC)',
    doc: 'Open mode: closed by exec. The mode changes nothing here.',
  },
  PROT_NONE: { form: 'PROT_NONE', doc: 'Protection of mmap: no access.' },
  PROT_READ: { form: 'PROT_READ', doc: 'Protection of mmap: reading.' },
  PROT_WRITE: { form: 'PROT_WRITE', doc: 'Protection of mmap: writing.' },
  PROT_EXEC: { form: 'PROT_EXEC', doc: 'Protection of mmap: executing.' },
  MAP_SHARED: { form: 'MAP_SHARED', doc: 'Flag of mmap: writes reach the file.' },
  MAP_PRIVATE: { form: 'MAP_PRIVATE', doc: 'Flag of mmap: writes stay with the process.' },
  MAP_FIXED: { form: 'MAP_FIXED', doc: 'Flag of mmap: at this very address.' },
  MAP_ANONYMOUS: { form: 'MAP_ANONYMOUS', doc: 'Flag of mmap: memory without a file.' },
  MAP_POPULATE: { form: 'MAP_POPULATE', doc: 'Flag of mmap: fault the pages in at once.' },
  MAP_HUGETLB: { form: 'MAP_HUGETLB', doc: 'Flag of mmap: huge pages.' },
  MAP_FAILED: { form: 'MAP_FAILED', doc: 'What mmap gives when it fails: all bits set.' },
}
