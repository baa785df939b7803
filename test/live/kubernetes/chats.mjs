// @ts-check
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import WebSocket from 'ws';
import { ask } from '../../smoke/client.mjs';
import { until } from '../../testbed/wait.mjs';
import { root } from '../project.mjs';

/** @typedef {import('../../smoke/client.mjs').Target} Target */

/** Between an answer and the next message. */
const paceMs = 100;

/**
 * People who chat, one message after the other, by the very client of the reference application: it
 * connects again after a 1001, and sends again what has no answer yet, under the same message_id.
 *
 * @param {Target} target
 * @param {number} people
 */
export async function startChats(target, people) {
  const ChatSocket = await chatSocketOfTheApplication();
  const chats = Array.from({ length: people }, () => new Chat(target, ChatSocket));
  return {
    chats,
    /** Says nothing new, and waits for the answers to what was said. */
    async stop() {
      await Promise.all(chats.map((chat) => chat.stop()));
    },
  };
}

class Chat {
  /** Messages in the order in which they were first sent. @type {string[]} */
  sent = [];
  /** Answers by the message's id; more than one would be a doubled answer. @type {Map<string, string[]>} */
  answers = new Map();
  /** @type {unknown[]} */
  errors = [];
  /** How the connections that the servers closed were closed. @type {number[]} */
  closes = [];
  /** Connections that did not come about. @type {string[]} */
  refused = [];
  connections = 0;
  /** @type {string | undefined} */
  conversation = undefined;
  isStopping = false;
  hasEnded = false;

  /**
   * @param {Target} target
   * @param {any} ChatSocket
   */
  constructor(target, ChatSocket) {
    this.target = target;
    this.socket = new ChatSocket({
      url: `${target.page.replace(/^http/, 'ws')}/ws/chat`,
      create: (/** @type {string} */ url) => this.#connect(url),
      onState: () => {},
      onEvent: (/** @type {any} */ event) => this.#take(event),
    });
    this.socket.start();
    this.#say();
  }

  /** @returns {readonly string[]} messages without an answer */
  get unanswered() {
    return this.sent.filter((id) => !this.answers.has(id));
  }

  /** What the server has kept of it. */
  async stored() {
    const { status, body } = await ask(this.target, `${this.target.api}/api/conversations/${this.conversation}`);
    if (status !== 200) {
      throw new Error(`the conversation is not there: ${status} ${body}`);
    }
    return JSON.parse(body).messages;
  }

  async stop() {
    this.isStopping = true;
    try {
      await until('every message has its answer', () => this.unanswered.length === 0, { timeoutMs: 300_000 });
    } finally {
      this.hasEnded = true;
      this.socket.stop();
    }
  }

  #say() {
    const id = randomUUID();
    this.sent.push(id);
    this.socket.send({
      message: `message ${this.sent.length}`,
      message_id: id,
      ...(this.conversation && { conversation_id: this.conversation }),
    });
  }

  /** @param {any} event */
  #take(event) {
    if (event.type === 'error') {
      this.errors.push(event);
    }
    if (event.type === 'done') {
      this.conversation = event.conversation_id;
      this.answers.set(event.message_id, [...(this.answers.get(event.message_id) ?? []), event.content]);
    }
    if (event.type === 'error' || event.type === 'done') {
      void pause(paceMs).then(() => this.isStopping || this.#say());
    }
  }

  /** @param {string} url */
  #connect(url) {
    const { address, insecure } = this.target;
    const connection = new WebSocket(url, {
      rejectUnauthorized: !insecure,
      ...(address && { lookup: always(address) }),
    });
    let isOpen = false;
    connection.on('open', () => {
      isOpen = true;
      this.connections += 1;
    });
    connection.on('error', (error) => isOpen || this.refused.push(error.message));
    connection.on('close', (code) => {
      if (isOpen && !this.hasEnded) {
        this.closes.push(code);
      }
    });
    return connection;
  }
}

/**
 * @param {string} address
 * @returns {import('node:net').LookupFunction} that gives this one, whatever the name
 */
function always(address) {
  return (_name, { all }, callback) =>
    all ? callback(null, [{ address, family: isIP(address) }]) : callback(null, address, isIP(address));
}

/** @returns {Promise<any>} the class, out of its TypeScript */
async function chatSocketOfTheApplication() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'app', 'frontend', 'src', 'lib', 'chatSocket.ts')],
    bundle: true,
    format: 'esm',
    target: 'node20',
    write: false,
  });
  const script = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  return (await import(`data:text/javascript;base64,${script}`)).ChatSocket;
}
