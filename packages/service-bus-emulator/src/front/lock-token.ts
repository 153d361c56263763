/**
 * A lock token is a .NET GUID. As a delivery tag its first three groups are little-endian, in $management bodies (AMQP
 * uuid) they are in RFC order; inside the broker it is the hex text of the delivery tag.
 */
export function toDeliveryTag(token: string): Buffer {
  return Buffer.from(token, 'hex');
}

/** The lock token of a delivery tag. */
export function fromDeliveryTag(tag: Buffer): string {
  return tag.toString('hex');
}

/** The 16 bytes of an AMQP uuid of a lock token. */
export function toUuid(token: string): Buffer {
  return swapGroups(Buffer.from(token, 'hex'));
}

/** The lock token of an AMQP uuid. */
export function fromUuid(uuid: Buffer): string {
  return swapGroups(Buffer.from(uuid)).toString('hex');
}

function swapGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
