/** The files of a lab that runs: one task, one good and one bad solution. Paths are below its folder. */
export function newLab({ title, image, schema }: NewLab): Record<string, string> {
  return {
    'lab.yaml': `# yaml-language-server: $schema=${schema}
# What a student meets, and how it is graded. Your editor explains each field by the schema above.
title: ${JSON.stringify(title)}
promise: Start a container that stays
track: Foundations
order: 99
minutes: 10
level: start
model: A container lives as long as its first process.
goals:
  - start a container that keeps running
images: ['${image}']
tools: [docker run, docker ps]

tasks:
  # The text of the task is in tasks/stays.md.
  - id: stays
    title: Start a container that stays
    # In order. The task is passed when all are; else it shows the first that is not.
    checks:
      - use: field
        with: { ref: boat, path: State.Running, eq: true }
        # The check's code gets the name that fits this task, and the sentence that fits the name.
        codes: { field-mismatch: not-running }
        messages:
          object-missing: There is no container boat yet.
          not-running: boat has ended already. Its first process has to stay.
    # From a nudge to almost the answer.
    hints:
      - What does the first process of your container do, and when does it end?
      - "\`docker run -d --name boat ${image} COMMAND\` starts it. Choose a command that takes its time."
      - "\`docker run -d --name boat ${image} sleep 600\`"
`,
    'brief.md': 'A harbour without a boat. Tell the story of your lab here, in a few sentences.\n',
    'afterword.md':
      'A container ends when its first process ends. Say here what was shown, and what to try next.\n',
    'tasks/stays.md': `Start a container named \`boat\` from \`${image}\` that is still running when you are asked.\n`,
    'setup.sh': `# Run by bash as the student in a fresh sandbox, before the lab begins.
set -eu
docker image inspect ${image} >/dev/null
`,
    'solutions/good/plain.sh': `# passes: all
docker run -d --name boat ${image} sleep 600
`,
    'solutions/bad/ends-at-once.sh': `# task: stays
# code: not-running
# teaches: a container that was started need not be running
docker run --name boat ${image} true
`,
  }
}

export interface NewLab {
  title: string
  /** A lab image with a `sleep`. */
  image: string
  /** Where the JSON Schema is, from lab.yaml. */
  schema: string
}
