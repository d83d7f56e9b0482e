import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { Sandbox } from '../sandbox-driver.ts'
import { ask } from './engine-dial.ts'
import { ensureFile, fileName, packFile, type ReadOnlyFiles, type ReadOnlyFormat } from './read-only-files.ts'

export interface LabImage {
  /** As the student calls it: `busybox:1`. */
  name: string
  /** Its id on the host engine, and in the student engine. */
  id: string
}

/** A sandbox without a store, in which one is made. */
export interface StoreWorkshop {
  sandbox: Sandbox
  container: Docker.Container
  /** Its mounted disk, in the host engine's mount namespace. */
  disk: string
  dispose(): Promise<void>
}

interface Inputs {
  images: readonly LabImage[]
  /** Decides the student engine's version. */
  sandboxImage: string
  owner: string
}

/**
 * Turns an engine's root into the store's layout, without copying: `docker/` is what each sandbox copies (image records and
 * each layer's small files with an empty diff), `layers/NAME` what it binds onto each diff.
 */
const PACK = `
  cd /disk/docker
  own() { chown --reference=overlay2 "$@"; }
  mkdir -p store/docker/overlay2 store/layers
  own store store/docker store/docker/overlay2 store/layers
  chmod 0710 store/docker/overlay2
  mv image store/docker/
  for layer in overlay2/*/; do
    name=$(basename "$layer")
    new=store/docker/overlay2/$name
    if [ "$name" = l ]; then mv overlay2/l "$new"; continue; fi
    [ -d "overlay2/$name/diff" ] || continue
    mkdir -m 0710 "$new"
    mkdir -m 0755 "$new/diff"
    mkdir -m 0700 "$new/work"
    own "$new" "$new/diff" "$new/work"
    for file in link lower; do [ ! -e "overlay2/$name/$file" ] || mv "overlay2/$name/$file" "$new/"; done
    # Without this mark the engine mounts a layer that nothing stands on as if it were to be written, and cannot save it.
    : > "$new/committed" && own "$new/committed" && chmod 0600 "$new/committed"
    mv "overlay2/$name/diff" "store/layers/$name"
  done
  pack store
`

/** The names that the store of these inputs has, by how it is packed. */
export const storeNames = (inputs: Inputs): Record<ReadOnlyFormat, string> => ({
  erofs: storeName('erofs', inputs),
  squashfs: storeName('squashfs', inputs),
})

function storeName(format: ReadOnlyFormat, { images, ...others }: Inputs): string {
  return fileName('store', format, {
    images: images.toSorted((a, b) => a.name.localeCompare(b.name)),
    ...others,
  })
}

/**
 * The golden store of these images: one read-only file for all sandboxes of the host. A student engine makes it, because a
 * host engine writes marks that a user namespace cannot read. Its name says images, range and engine: over another store a
 * disk's layers would turn up empty, so another input is another file and the old one stays while anything refers to it.
 */
export async function ensureStore(
  files: ReadOnlyFiles,
  inputs: Inputs,
  openWorkshop: () => Promise<StoreWorkshop>,
  builder: string,
): Promise<string> {
  const name = storeName(files.format, inputs)
  await ensureFile(files, name, async () => {
    const workshop = await openWorkshop()
    try {
      await loadImages(files.socketPath, workshop.sandbox, inputs.images)
      // From outside SIGTERM means: stop the engine politely, then end.
      await workshop.container.stop({ t: 60 })
      await packFile(files, name, { image: builder, script: PACK, binds: [`${workshop.disk}:/disk`] })
    } finally {
      await workshop.dispose()
    }
  })
  return name
}

async function loadImages(socketPath: string, sandbox: Sandbox, images: readonly LabImage[]) {
  const saved = await saveImages(
    socketPath,
    images.map(({ id }) => id),
  )
  const loaded = await ask(await sandbox.dialEngine(), {
    method: 'POST',
    path: '/images/load?quiet=1',
    body: saved,
  })
  if (loaded.status !== 200 || loaded.text.includes('"errorDetail"'))
    throw new Error(`Loading the lab images: ${loaded.text}`)
  for (const { name, id } of images) {
    const [repo = '', tag = 'latest'] = name.split(':')
    const path = `/images/${encodeURIComponent(id)}/tag?repo=${encodeURIComponent(repo)}&tag=${encodeURIComponent(tag)}`
    const tagged = await ask(await sandbox.dialEngine(), { method: 'POST', path })
    if (tagged.status !== 201) throw new Error(`Naming ${name}: ${tagged.text}`)
  }
}

/** Several images as one stream, each shared layer once; dockerode can only save one. */
async function saveImages(socketPath: string, ids: string[]): Promise<Readable> {
  const query = new URLSearchParams(ids.map((id) => ['names', id]))
  const req = request({ socketPath, path: `/images/get?${query}` }).end()
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200)
    throw new Error(`The host engine does not save the lab images: status ${response.statusCode}`)
  return response
}
