/** A new random id. `crypto.randomUUID` exists only on HTTPS and localhost; a cluster may have neither. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
