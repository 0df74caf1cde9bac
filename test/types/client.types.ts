import { Checkbox, Dropdown, Gallery, Image, Label, optional, Slider, space } from 'spaces'
import { connect, type FileRef, type RemoteFile } from 'spaces/client'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is =
  <T>() =>
  <U>(_: U, __: Equal<T, U>): void => {}

const everything = space({
  title: 'Everything',
  inputs: {
    photo: Image(),
    shots: Gallery(),
    mask: optional(Image()),
    steps: Slider({ min: 0, max: 1 }),
    mode: Dropdown({ choices: ['fast', 'good'] }),
    keep: Checkbox(),
  },
  outputs: { picture: Image(), labels: Label(), mode: Dropdown({ choices: ['fast', 'good'] }) },
  run: ({ photo, mode }) => ({ picture: photo, labels: 'x', mode }),
})

const client = await connect<typeof everything>('http://localhost:7860/')
const outputs = await client.run({ photo: new Blob([]), mode: 'good', steps: 1, mask: null })
is<RemoteFile>()(outputs.picture, true)
is<'fast' | 'good'>()(outputs.mode, true)
is<string | undefined>()(outputs.labels[0]?.label, true)

const ref: FileRef = await client.upload('photo', new Blob([]))
await client.run({ photo: ref, shots: [{ image: ref, caption: null }] })
await client.run({ photo: outputs.picture })
for await (const part of client.stream({ photo: ref })) is<RemoteFile | undefined>()(part.picture, true)

// @ts-expect-error not one of the choices
await client.run({ photo: ref, mode: 'best' })
// @ts-expect-error there is no such input
await client.run({ foto: ref })
// @ts-expect-error a path is a file of the author's machine, not of the caller's
await client.run({ photo: 'photo.png' })
// @ts-expect-error there is no such input
await client.upload('picture', new Blob([]))

const untyped = await connect('http://localhost:7860/')
await untyped.run({ whatever: 1 })
