import { spawn } from 'node:child_process'
import type { Finding } from '../../../labs/lab-problem.ts'
import type { Lab } from '../../../labs/lab-schema.ts'

/** bash reads 64 kB in milliseconds. */
const BASH_MS = 10_000

/** What bash cannot read in a lab's scripts. Nothing of them is run. */
export async function bashFindings(lab: Lab): Promise<Finding[]> {
  const scripts = [
    { file: 'setup.sh', text: lab.setup },
    { file: 'resume.sh', text: lab.resume },
    ...lab.tasks.map(({ verify, verifyScript }) => ({
      file: `verify/${verify?.['clean-room'].script}`,
      text: verifyScript,
    })),
    ...lab.solutions.map(({ kind, name, script }) => ({
      file: `solutions/${kind}/${name}.sh`,
      text: script,
    })),
  ]
  const found: Finding[] = []
  for (const { file, text } of scripts) {
    if (text === undefined) continue
    const said = await bashSays(text)
    const [, line, message = said] = /^bash: line (\d+): (.*)/mu.exec(said) ?? []
    if (said)
      found.push({
        level: 'problem',
        file: `${lab.slug}/${file}`,
        line: Number(line ?? 1),
        column: 1,
        message,
      })
  }
  return found
}

async function bashSays(script: string): Promise<string> {
  const child = spawn('bash', ['-n'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: BASH_MS,
    env: { LC_ALL: 'C' },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, 4_000)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(script)
  return await new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done(code === 0 ? '' : said.trim() || 'bash cannot read it'))
  })
}
