import type { Session } from '../../../../server/contract/session.ts'

type Disk = NonNullable<Session['disk']>

const whole = ({ used }: Disk) => used >= 100

export const strings = {
  used: (disk: Disk) =>
    disk.of === 'bytes'
      ? `Your disk is ${whole(disk) ? 'full' : `${disk.used}% used`}.`
      : whole(disk)
        ? 'Your disk holds no more files.'
        : `Your disk holds ${disk.used}% of the files that it can.`,
  why: (disk: Disk) =>
    whole(disk)
      ? 'Commands, builds and containers fail with “No space left on device” until you remove something: '
      : 'When it is full, commands, builds and containers fail with “No space left on device”. Remove what you no longer need: ',
  how: {
    before: 'see ',
    docker: 'docker system df',
    between: ' and ',
    here: ({ of }: Disk) => (of === 'bytes' ? 'du -xh -d1 ~ /tmp' : 'du -x --inodes -d1 ~ /tmp'),
    after: '.',
  },
}
