import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { notYet, passed } from './outcome.ts'
import { objectName } from './params.ts'

const params = z.strictObject({
  image: objectName.describe('The image, with its tag'),
  base: objectName.describe('The golden image that it must be built on'),
})
type Params = z.infer<typeof params>

interface Gathered {
  layers: string[] | null
  base: string[]
}

export const imageLayers: Check<Params, Gathered> = {
  name: 'image_layers',
  about: 'An image is built on a golden image: its layers begin with those.',
  params,
  codes: {
    'object-missing': 'There is no such image.',
    'base-lost': 'It is not built on the base.',
  },

  async gather({ engine, images }, { image, base }) {
    const id = images.get(base)
    const golden = id === undefined ? undefined : await engine.image(id)
    const layers = golden?.RootFS.Layers
    if (!layers?.length)
      throw new CheckFault('fixture-missing', `The image ${base} of this lab is gone from the engine.`)
    const found = await engine.image(image)
    return { layers: found ? (found.RootFS.Layers ?? []) : null, base: layers }
  },

  judge({ layers, base }, given) {
    const expected = `the ${base.length} layers of ${given.base}, then its own`
    const source = `image ${given.image} · RootFS.Layers`
    if (layers === null) {
      return notYet('object-missing', `There is no image \`${given.image}\`.`, [
        { expected, observed: 'none', source },
      ])
    }
    const shared = base.filter((layer, i) => layers[i] === layer).length
    const evidence = [{ expected, observed: `${layers.length} layers, ${shared} of them the base's`, source }]
    if (base.length === 0 || shared < base.length) {
      return notYet('base-lost', `\`${given.image}\` is not built on \`${given.base}\`.`, evidence)
    }
    return passed(`\`${given.image}\` is built on \`${given.base}\`.`, evidence)
  },

  affectedBy(event) {
    return event.type === 'image'
  },
}
