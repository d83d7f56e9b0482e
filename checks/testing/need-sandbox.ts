/** Checks that look into a folder of the sandbox or at what only its engine keeps: no other engine can stand for a student's. */
export const needSandbox = ['rebuild_probe', 'context_probe', 'compose_model', 'build_cache']
