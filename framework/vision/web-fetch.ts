/** `fetch` that goes through the proxy which the environment names, as Python's clients and curl do and Node's own does not. */

import type { Dispatcher } from 'undici'

interface Proxies {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or small letters, which come first.
 * @returns null where no proxy is named
 */
export function readProxies(variables: Variables = process.env): Proxies | null {
  const named = (name: string) => variables[name.toLowerCase()] || variables[name] || ''
  const address = (text: string) => (text === '' || text.includes('://') ? text : `http://${text}`)
  const [all, http, https] = ['ALL_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY'].map((name) => address(named(name)))
  const [httpProxy = '', httpsProxy = ''] = [http || all, https || all]
  return httpProxy || httpsProxy ? { httpProxy, httpsProxy, noProxy: named('NO_PROXY') } : null
}

/** No proxy can reach what this machine means by these. */
const isThisMachine = ({ hostname }: URL) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

type Send = (address: URL, init?: RequestInit) => Promise<Response>

const senders = new Map<string, Promise<Send>>()

/** The package is loaded only where there is a proxy: it is a second copy of what Node has inside. */
async function createSender(proxies: Proxies): Promise<Send> {
  const undici = await import('undici')
  // A tunnel for https alone: many proxies allow none to other ports than 443.
  const dispatcher: Dispatcher = new undici.EnvHttpProxyAgent({ ...proxies, proxyTunnel: false })
  const proxied = undici.fetch as unknown as (address: URL, init: object) => Promise<Response>
  return (address, init) => proxied(address, { ...init, dispatcher })
}

function senderFor(proxies: Proxies): Promise<Send> {
  const key = JSON.stringify(proxies)
  const sender = senders.get(key) ?? createSender(proxies)
  senders.set(key, sender)
  return sender
}

/** The same as `fetch`. The variables are read anew at each call. */
export async function webFetch(address: string | URL, init?: RequestInit): Promise<Response> {
  const url = new URL(address)
  const proxies = readProxies()
  if (!proxies || isThisMachine(url)) return fetch(url, init)
  return (await senderFor(proxies))(url, init)
}
