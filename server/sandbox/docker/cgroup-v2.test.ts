import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// What the host helper decides on a machine with cgroup v2, where these tests may never run: its own functions in a mount
// namespace of their own, whose /sys/fs/cgroup is one that looks like it. The freezer needs no controller, so it is the kernel's.

const PARTS = ['patterns', 'start', 'running', 'pause', 'witness', 'hoards', 'usage']
const program = PARTS.map((part) =>
  readFileSync(new URL(`./host-helper/${part}.sh`, import.meta.url), 'utf8'),
).join('\n')

const ID = randomBytes(32).toString('hex')
const WITHIN = randomBytes(32).toString('hex')

/** Runs a script after the helper's functions; answers with the lines it printed. */
function inV2(tree: string, script: string): string[] {
  const all = `${program}\nset -e +f\n${tree}\n${script}`
  const out = execFileSync('unshare', ['--mount', 'sh', '-c', all, 'host-helper', '/nowhere', 'test'], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  return out.trim().split('\n')
}

/** Files as the kernel shows them, of a sandbox whose first process has gone into the leaf. `pid` is one of it. */
const likeV2 = `
  mount -t tmpfs cgroup /sys/fs/cgroup
  echo memory pids > /sys/fs/cgroup/cgroup.controllers
  group=/sys/fs/cgroup/system.slice/docker-${ID}.scope
  mkdir -p $group/init $group/student/${WITHIN} $group/shell
  for file in cgroup.procs cgroup.subtree_control cgroup.threads cgroup.max.descendants memory.max pids.max; do echo max > $group/$file; done
  sleep 100 > /dev/null 2>&1 & pid=$!
  echo "0::/system.slice/docker-${ID}.scope/init" > /tmp/cgroup-of-$pid
  mount --bind /tmp/cgroup-of-$pid /proc/$pid/cgroup
  rm /tmp/cgroup-of-$pid 2> /dev/null || :
  trap 'kill $pid' EXIT`

test('the sandbox’s own group is handed over without its limits, and bounded in number', () => {
  const owned = inV2(
    likeV2,
    `hand_over_cgroups $pid ${ID} 100000:100000 200
    cd $group; stat -c '%n %u' . *; cat cgroup.max.descendants`,
  )
  expect(owned).toEqual([
    '. 100000',
    'cgroup.max.descendants 0',
    'cgroup.procs 100000',
    'cgroup.subtree_control 100000',
    'cgroup.threads 100000',
    'init 0',
    'memory.max 0',
    'pids.max 0',
    'shell 0',
    'student 0',
    '200',
  ])
})

test('its group is found from a process in the leaf, and kills for want of memory are read there', () => {
  const found = inV2(
    likeV2,
    `of=$(cgroup_of ${ID} $pid memory); echo $of
    printf 'low 0\\noom 4\\noom_kill 3\\n' > $of/memory.events; memory_kills $of`,
  )
  expect(found).toEqual([`/sys/fs/cgroup/system.slice/docker-${ID}.scope`, '3'])
})

test('what it uses and what it has taken are counted over all groups below it', () => {
  const told = inV2(
    likeV2,
    `echo 50000000 > $group/memory.current; printf 'anon 1\\ninactive_file 8000000\\n' > $group/memory.stat
    printf 'usage_usec 1500\\nuser_usec 1\\n' > $group/cpu.stat
    echo 5 > $group/cpu.weight; verb_usage; (verb_weigh ${ID} 2); cat $group/cpu.weight; verb_taken_by ${ID} 100; verb_taken_by ${ID} 2`,
  )
  expect(told).toEqual([`${ID} 42000000 1500000 5`, '1', '4', '0', '2', '0'])
})

/** The kernel's own, with a group in it. */
const realV2 = `
  mount -t cgroup2 cgroup /sys/fs/cgroup
  group=/sys/fs/cgroup/docker-${ID}.scope
  mkdir $group; mkdir $group/below
  trap 'echo 1 > $group/cgroup.kill; until [ ! -d $group ]; do rmdir $group/below $group 2> /dev/null || :; sleep 0.02; done' EXIT
  file=$(mktemp)
  (while echo >> $file; do sleep 0.01; done) > /dev/null 2>&1 & pid=$!
  echo $pid > $group/below/cgroup.procs`

test('a pause stops every program of it and those below, and they go on', () => {
  const [state, before, after, again, awake] = inV2(
    realV2,
    `(verb_pause ${ID}); grep frozen $group/cgroup.events
    wc -l < $file; sleep 0.3; wc -l < $file
    (verb_unpause ${ID}); sleep 0.3; wc -l < $file; cat $group/cgroup.freeze; rm $file`,
  )
  expect(state).toBe('frozen 1')
  expect(after).toBe(before)
  expect(Number(again)).toBeGreaterThan(Number(after))
  expect(awake).toBe('0')
})
