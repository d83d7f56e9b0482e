/** Checks that look into a folder of the sandbox, so that no engine alone can stand for a student's machine. */
export const needSandbox = ['rebuild_probe', 'context_probe']
