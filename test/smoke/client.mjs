// @ts-check
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

/** How long nothing at all may come, on a machine that is busy with other work. */
const patienceMs = 120_000;

/**
 * Where the system under test is.
 *
 * @typedef {object} Target
 * @property {string} page URL of the page
 * @property {string} api URL of the API
 * @property {string | undefined} address to connect to, whatever name the URLs have
 * @property {boolean} [insecure] whether any certificate will do
 * @property {http.Agent} [agent] that keeps connections; by default each request has one of its own
 * @property {string | undefined} [authority] certificate of the authority to trust, PEM; by default those of the machine
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} body
 * @property {readonly number[]} times when each piece of the body came, in ms since the start
 */

/**
 * @param {Target} target
 * @param {string} url
 * @param {http.RequestOptions} [options]
 * @returns {http.ClientRequest}
 */
function open({ address, insecure, authority, agent }, url, options = {}) {
  const { protocol, hostname, host } = new URL(url);
  const client = protocol === 'https:' ? https : http;
  return client.request(url, {
    ...options,
    headers: { host, ...options.headers },
    ...(address && { hostname: address, servername: hostname }),
    rejectUnauthorized: !insecure,
    ca: authority,
    agent: agent ?? false,
    timeout: patienceMs,
  });
}

/**
 * What is asked for.
 *
 * @typedef {{ method?: string, headers?: Record<string, string>, body?: unknown }} Question `body` becomes JSON
 */

/**
 * @param {Target} target
 * @param {string} url
 * @param {Question} question
 * @returns {Promise<http.IncomingMessage>} once its head is there
 */
async function send(target, url, { method = 'GET', headers = {}, body }) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const request = open(target, url, {
    method,
    headers: {
      ...headers,
      ...(json !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
    },
  });
  request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
  request.end(json);
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, 'response'));
  return response.setEncoding('utf8');
}

/**
 * @param {Target} target
 * @param {string} url
 * @param {Question} [question]
 * @returns {Promise<Answer>}
 */
export async function ask(target, url, question = {}) {
  const startedAt = performance.now();
  const response = await send(target, url, question);
  /** @type {number[]} */
  const times = [];
  let text = '';
  for await (const piece of response) {
    times.push(performance.now() - startedAt);
    text += piece;
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: text, times };
}

/**
 * Server-sent events, each as soon as it is there.
 *
 * @param {Target} target
 * @param {string} url
 * @param {Question} question
 * @returns {AsyncGenerator<any>} the JSON of each
 */
export async function* askEvents(target, url, question) {
  const response = await send(target, url, { ...question, headers: { accept: 'text/event-stream' } });
  if (response.statusCode !== 200) {
    throw new Error(`${url} answers ${response.statusCode}`);
  }
  let pending = '';
  for await (const piece of response) {
    const events = (pending + piece).split('\n\n');
    pending = events.pop() ?? '';
    for (const event of events) {
      yield JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null');
    }
  }
}

/**
 * A WebSocket of short texts, as much of one as the test needs.
 *
 * @param {Target} target
 * @param {string} url http or https
 */
export async function openSocket(target, url) {
  const request = open(target, url, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      origin: new URL(url).origin,
    },
  });
  request.end();
  const refused = once(request, 'response').then(([response]) => {
    throw new Error(`the WebSocket is refused: ${response.statusCode}`);
  });
  const [, socket, head] = await Promise.race([once(request, 'upgrade'), refused]);
  /** @type {string[]} */
  const texts = [];
  let pending = Buffer.from(head);
  const take = () => {
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.opcode === 1) texts.push(frame.content.toString('utf8'));
      // Whoever does not answer with the same bytes, which are no text, is taken for dead.
      if (frame.opcode === 9) socket.write(writeFrame(frame.content, 10));
    }
    socket.emit('text');
  };
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
    socket.emit('text');
  });
  socket.on('data', (/** @type {Buffer} */ data) => {
    pending = Buffer.concat([pending, data]);
    take();
  });
  take();
  return {
    /** @param {object} message */
    send: (message) => socket.write(writeFrame(Buffer.from(JSON.stringify(message)), 1)),
    /** @returns {Promise<any>} the next message */
    async receive() {
      while (texts.length === 0) {
        if (isClosed) {
          throw new Error('the WebSocket was closed');
        }
        await once(socket, 'text', { signal: AbortSignal.timeout(patienceMs) });
      }
      return JSON.parse(texts.shift() ?? '');
    },
    close: () => socket.destroy(),
  };
}

/** @param {Buffer} data */
function readFrame(data) {
  if (data.length < 2) return undefined;
  const short = Number(data[1]) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < start) return undefined;
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  if (data.length < start + size) return undefined;
  return { opcode: Number(data[0]) & 0x0f, content: data.subarray(start, start + size), length: start + size };
}

/**
 * @param {Buffer} content
 * @param {number} opcode 1 is a text, 10 answers a ping
 */
function writeFrame(content, opcode) {
  const mask = randomBytes(4);
  const header =
    content.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | content.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, content.length >> 8, content.length & 0xff]);
  const masked = content.map((byte, index) => byte ^ Number(mask[index % 4]));
  return Buffer.concat([header, mask, masked]);
}
