/** The directives as help and completion: how each is written and what its words mean. Source: flow language. */
import { DEVICE_FORM, MEMORY_FORM, WINDOW_FORM } from '../flow'

export interface OptionWord {
  /** As typed; a trailing `=` asks for a value. */
  readonly name: string
  readonly doc: string
  readonly values?: readonly string[]
}

export interface DirectiveWord {
  readonly form: string
  readonly doc: string
  readonly options: readonly OptionWord[]
}

const option = (name: string, doc: string, values: readonly string[] = []): OptionWord => ({
  name,
  doc,
  values,
})

export const DIRECTIVES: Readonly<Record<string, DirectiveWord>> = {
  title: { form: '#title WORDS', doc: 'What the flow shows, in a line.', options: [] },
  dialect: {
    form: '#dialect ID',
    doc: 'The API that the flow is written in. Left out: told from the files it opens and the calls it makes.',
    options: [],
  },
  section: {
    form: '#section N.N',
    doc: 'Which flow of a paste with several numbered sections runs: #section 5.3. Left out: the first.',
    options: [],
  },
  platform: {
    form: '#platform ID [parameter=value ..]',
    doc: 'The IOMMU of the machine. Left out: VT-d in scalable mode, 48 bits, 4 levels.',
    options: [],
  },
  policy: {
    form: '#policy knob=value ..',
    doc: 'Settles choices that people argued about. Left out: what the dialect says.',
    options: [],
  },
  device: {
    form: DEVICE_FORM,
    doc: 'A device of the machine. Left out altogether: what the flow opens exists, alone in its group. With one #device no other exists.',
    options: [
      option('pci', 'a PCI function, by its address: pci 0000:00:03.0'),
      option('mdev', 'a mediated device on a parent, by its name: mdev dev1'),
      option('swmdev', 'a device mediated in software only: nothing is routed'),
      option('group', 'devices with the same number cannot be isolated from each other: group 12'),
      option('pasid', 'has PASIDs; pasid=16 says how many bits of them, else 20'),
      option('ats', 'has a TLB of its own (address translation services)'),
      option('pri', 'can ask for pages (page request interface)'),
      option('nosnoop', 'can do DMA that does not snoop'),
      option('driver', 'the host driver that has it, which no user opens: driver e1000e, pci-stub, none'),
      option('type', 'one of the eight device types of the PASID discussion', [
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
      ]),
      option('path', 'another path to open it by: path /dev/vfio/pci/0000:00:03.0'),
    ],
  },
  memory: {
    form: MEMORY_FORM,
    doc: 'Memory of the process, by host virtual address. With one #memory nothing else is mapped.',
    options: [
      option('guest', "it is the guest's RAM, from GPA 0 or gpa="),
      option('gpa=', 'guest physical address of its first byte'),
      option('pages=', 'what the host backs it with: decides the largest page a table can use', [
        '4K',
        '2M',
        '1G',
        'scattered',
      ]),
      option('ro', 'mapped read-only'),
    ],
  },
  memlock: {
    form: '#memlock SIZE',
    doc: 'The locked-memory limit that pins are charged against. Left out: none.',
    options: [],
  },
  window: {
    form: WINDOW_FORM,
    doc: 'A DMA window of PAPR, by its LIOBN: what devices of the endpoint may map. Left out: 1 GiB from 0 in 4 KiB pages.',
    options: [
      option('start=', 'first bus address'),
      option('size=', 'bytes of bus address'),
      option('page=', 'page size of its entries', ['4K', '64K', '16M']),
      option('levels=', 'levels of its table', ['1', '2', '3', '4', '5']),
      option('devices=', 'devices that share it, by name and commas'),
      option('space=', 'the only space that may be attached under initial-attach=papr'),
    ],
  },
  poke: {
    form: '#poke HPA VALUE',
    doc: 'A 64-bit word written into physical memory before step 1, to see what broken tables do.',
    options: [],
  },
}
