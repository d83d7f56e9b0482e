/** What a clean room itself may answer of a task, beside the codes of the task's checks, with its plain meaning. */
export const cleanRoomCodes = {
  'artefact-missing': 'A file, folder or image that the task is judged by is not there.',
  'artefact-too-large': 'It is larger than what is taken along.',
  'artefact-refused': 'It holds what is not taken along: links, devices, pipes, or an image of another name.',
  'verify-failed': "The task's script did not end well on the fresh machine.",
} as const

export type CleanRoomCode = keyof typeof cleanRoomCodes
