// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { binaryPath } from '../../testbed/binaries.mjs';
import { settings } from '../settings.mjs';
import { namespace } from './cluster.mjs';

/**
 * Inserts numbers into crash_test, each in a transaction of its own, and says one when the server has
 * acknowledged its commit. Ends when its input does.
 */
const script = `
import os, sys, threading, time
import psycopg

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
number = 0
while not ended.is_set():
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5) as connection:
            while not ended.is_set():
                number += 1
                connection.execute("INSERT INTO crash_test (id) VALUES (%s)", (number,))
                print(number, flush=True)
    except psycopg.OperationalError:
        print("lost", flush=True)
        time.sleep(0.1)
`;

/**
 * A program in a pod of the backend that writes to PostgreSQL, through its Service and across all its ends.
 *
 * @param {string} pod
 */
export function startWriter(pod) {
  const args = ['exec', '-i', pod, '--namespace', namespace, '--', 'python', '-c', script];
  const child = spawn(settings.own ? binaryPath('kubectl') : 'kubectl', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  /** @type {Set<number>} */
  const acknowledged = new Set();
  let losses = 0;
  let complaint = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'lost') {
      losses += 1;
    } else {
      acknowledged.add(Number(line));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  return {
    /** @type {ReadonlySet<number>} */
    acknowledged,
    /** How often the server was gone, or not back yet. */
    losses: () => losses,
    async stop() {
      child.stdin.end();
      const [code] = await closed;
      if (code !== 0) {
        throw new Error(`the writer has failed: ${complaint}`);
      }
    },
  };
}
