// @ts-check
// Tries connections from whatever network it is started in. It reads JSON, a list of `Target`s, and writes
// JSON, the `Outcome` of each. Nothing but Node's own modules: it runs among a pod's addresses.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * `tcp` is connected to; `dns-udp` and `dns-tcp` are asked for the address of `name`.
 *
 * @typedef {{ kind: 'tcp', host: string, port: number } | { kind: 'dns-udp' | 'dns-tcp', host: string, port: number, name: string }} Target
 */

/**
 * `open`: it is there and answers; `refused`: somebody said no; `silent`: nobody answered in time.
 *
 * @typedef {'open' | 'refused' | 'silent'} Outcome
 */

/** An enforcer of policies that says nothing is known by this; one that refuses is quicker. */
const patienceMs = 4_000;
/** So many at a time: the kernel's queues are short. */
const width = 32;

/** @type {Target[]} */
const targets = JSON.parse(await text(process.stdin));
/** @type {Outcome[]} */
const outcomes = [];
let next = 0;
await Promise.all(
  Array.from({ length: width }, async () => {
    while (next < targets.length) {
      const index = next++;
      const target = /** @type {Target} */ (targets[index]);
      outcomes[index] = await (target.kind === 'dns-udp' ? askByUdp(target) : askByTcp(target));
    }
  }),
);
process.stdout.write(JSON.stringify(outcomes));

/**
 * @param {Target} target
 * @returns {Promise<Outcome>}
 */
function askByTcp(target) {
  return new Promise((resolve) => {
    const socket = connect({ host: target.host, port: target.port, timeout: patienceMs });
    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    // Of a process that was held up itself: what has come meanwhile comes first.
    socket.on('timeout', () => setImmediate(() => settle('silent')));
    socket.on('error', (error) => settle(outcomeOf(error)));
    socket.on('connect', () => {
      if (target.kind === 'tcp') {
        settle('open');
        return;
      }
      const query = queryFor('name' in target ? target.name : '');
      socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 0xff]), query]));
      socket.once('data', (data) => settle(hasAnswer(data.subarray(2)) ? 'open' : 'refused'));
    });
  });
}

/**
 * @param {Target & { kind: 'dns-udp' | 'dns-tcp' }} target
 * @returns {Promise<Outcome>}
 */
function askByUdp({ host, port, name }) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const query = queryFor(name);
    const again = setInterval(() => socket.send(query), 1_000); // a datagram may be lost
    const timer = setTimeout(() => setImmediate(() => settle('silent')), patienceMs);
    let isSettled = false;
    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      if (isSettled) return;
      isSettled = true;
      clearInterval(again);
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    socket.on('error', (error) => settle(outcomeOf(error)));
    socket.on('message', (data) => settle(hasAnswer(data) ? 'open' : 'refused'));
    socket.connect(port, host, () => socket.send(query));
  });
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {Outcome}
 */
function outcomeOf({ code }) {
  return code === 'ETIMEDOUT' ? 'silent' : 'refused';
}

/**
 * @param {string} name
 * @returns {Buffer} a query for its address
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
function queryFor(name) {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const header = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
  return Buffer.concat([Buffer.from(header), ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

/** @param {Buffer} message */
function hasAnswer(message) {
  return message.length > 12 && (message.readUInt16BE(2) & 0x0f) === 0 && message.readUInt16BE(6) > 0;
}
