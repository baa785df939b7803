// A name server on the loopback that answers for IPv4 addresses what the test says, and changes its mind when it is told.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [TYPE_A, CLASS_IN, NO_SUCH_NAME] = [1, 1, 3];

/**
 * @param {Map<string, readonly string[]>} addresses of each name; those that are not in it do not exist
 * @returns {Promise<{ port: number, asked: () => number, stop: () => Promise<void> }>}
 */
export async function startNameServer(addresses) {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (query, from) => {
    asked++;
    socket.send(answerTo(query, addresses), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    asked: () => asked,
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/**
 * @param {Buffer} query
 * @param {Map<string, readonly string[]>} addresses
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
function answerTo(query, addresses) {
  const labels = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const isA = query.readUInt16BE(at + 1) === TYPE_A;
  const question = query.subarray(12, at + 5);
  const known = addresses.get(labels.join('.').toLowerCase());
  const records = (isA ? (known ?? []) : []).map((address) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(4, 10);
    record.set(address.split('.').map(Number), 12);
    return record;
  });
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (known === undefined ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}
