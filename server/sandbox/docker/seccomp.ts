import { allowed, notImplemented, pairFamilies, personalities, socketFamilies } from './seccomp-table.ts'

interface Rule {
  names: string[]
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'
  errnoRet?: number
  args?: { index: number; value: number; op: 'SCMP_CMP_EQ' }[]
}

const ENOSYS = 38

const words = (text: string) => text.split(/\s+/).filter(Boolean)
const equals = (name: string, value: number): Rule => ({
  names: [name],
  action: 'SCMP_ACT_ALLOW',
  args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }],
})

/** The sandbox's seccomp profile in Docker's format, from the table and with the calls of `more`. Through the API it goes inline into SecurityOpt. */
export function seccompProfile(more: typeof allowed = []) {
  const syscalls: Rule[] = [
    ...[...allowed, ...more].map(({ names }): Rule => ({ names: words(names), action: 'SCMP_ACT_ALLOW' })),
    { names: words(notImplemented.names), action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    ...Object.values(socketFamilies).map((family) => equals('socket', family)),
    ...Object.values(pairFamilies).map((family) => equals('socketpair', family)),
    ...personalities.map((persona) => equals('personality', persona)),
  ]
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    // No 32-bit sub-architectures: `int 0x80 socketcall` would go round the rule on families.
    archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map((architecture) => ({
      architecture,
      subArchitectures: [],
    })),
    syscalls,
  }
}
