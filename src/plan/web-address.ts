/** What is wrong with a web address, and what to do instead. */
type Flaw = { readonly says: string; readonly hint: string }

/**
 * Link-local addresses, which reach only the machine's own network. There clouds serve the credentials of the
 * machine; some clouds use addresses of their own. Sources: RFC 3927, RFC 4291, the clouds' pages on instance
 * metadata.
 */
const LOCAL_LINK = [
  /^(::ffff:|64:ff9b::)?169\.254\./,
  /^(::ffff:|64:ff9b::)a9fe:/,
  /^fe[89ab][0-9a-f]:/,
  /^(fd00:ec2::254|fd20:ce::254|100\.100\.100\.200|192\.0\.0\.192)$/,
]
const METADATA =
  /^(metadata|instance-data|metadata\.goog|.+\.metadata\.goog|metadata\..*internal|instance-data\..*internal)\.?$/

/** Whether a host name or address is link-local. */
export function isLocalLink(host: string): boolean {
  const plain = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
  return METADATA.test(plain) || LOCAL_LINK.some((one) => one.test(plain))
}

/** Why no probe may ask this address; null when it may. */
export function addressFlaw(written: string, allowLocalLink: boolean): Flaw | null {
  const url = URL.canParse(written) ? new URL(written) : null
  if (url === null || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(written))
    return { says: 'it is no web address', hint: 'write it as https://host/path' }
  if (url.username !== '' || url.password !== '')
    return {
      says: 'it holds a user or a password',
      hint: 'a plan is no place for secrets: write a command probe that takes them from its environment',
    }
  if (!allowLocalLink && isLocalLink(url.hostname))
    return {
      says: `${url.hostname} is an address of the local link, where clouds keep the secrets of a machine`,
      hint: 'name the service by another address, or write allow_local_link: true beside the url',
    }
  return null
}
