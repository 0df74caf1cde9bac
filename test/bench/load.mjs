// The load of the wire bench, in a process of its own: N sockets, each sending its next message when the last is answered.
// usage: node load.mjs <url> <clients> <seconds> <ours|echo>

import { WebSocket } from 'ws'

const [url, clients, seconds, kind] = process.argv.slice(2)
const latencies = []
let measuring = false

/** The message is the same for both servers; ours is answered when the job is done. */
const message = (job) => `{"type":"run","job":"${job}","task":"predict","inputs":{"x":1}}`
const isAnswer = kind === 'ours' ? (text) => text.includes('"type":"done"') : () => true

async function open(index) {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let count = 0
  let sentAt = 0
  const send = () => {
    sentAt = performance.now()
    socket.send(message(`${index}-${count++}`))
  }
  socket.on('message', (data) => {
    const text = data.toString()
    if (text.includes('"type":"welcome"') || !isAnswer(text)) return
    if (text.includes('"type":"failed"') || text.includes('"type":"refused"')) throw new Error(text)
    if (measuring) latencies.push(performance.now() - sentAt)
    send()
  })
  return { socket, send }
}

const opened = []
for (let index = 0; index < Number(clients); index++) opened.push(await open(index))
for (const { send } of opened) send()
// One second warms up both ends before anything counts.
await new Promise((resolve) => setTimeout(resolve, 1000))
measuring = true
const startedAt = performance.now()
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000))
measuring = false
const elapsed = (performance.now() - startedAt) / 1000
for (const { socket } of opened) socket.terminate()
latencies.sort((a, b) => a - b)
const at = (fraction) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * fraction))] ?? 0
process.stdout.write(JSON.stringify({ perSecond: latencies.length / elapsed, p50: at(0.5), p99: at(0.99) }))
