import type { ConnectionAttempt } from '../../ops/doctor/connection-attempt';
import type { Attempts } from '../../ops/doctor/reader';
import type { Link } from '../../ops/doctor/topology';
import type { Ask } from '../ask';

/** A look-up and a connection each, all at once, none longer than a few seconds. */
const PYTHON = `
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def attempt(address):
    host, port = address.rsplit(":", 1)
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        known = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return "no-name" if known else "no-dns", str(error)
    try:
        socket.create_connection(found[0][4][:2], 3).close()
        return "open", ""
    except ConnectionRefusedError as error:
        return "refused", str(error)
    except OSError as error:
        return "timeout", str(error)
with ThreadPoolExecutor(16) as pool:
    for address, answer in zip(sys.argv[1:], pool.map(attempt, sys.argv[1:])):
        print(address, *answer, sep="\\t")
`;

const NODE = `
const dns = require('node:dns/promises'), net = require('node:net');
const attempt = async (host, port) => {
  let found;
  try { found = await dns.lookup(host); } catch (error) {
    return [error.code === 'ENOTFOUND' ? 'no-name' : 'no-dns', error.message];
  }
  return new Promise((resolve) => {
    const socket = net.connect({ host: found.address, port, timeout: 3000 });
    const end = (...answer) => { socket.destroy(); resolve(answer); };
    socket.on('connect', () => end('open', '')).on('timeout', () => end('timeout', 'timed out'));
    socket.on('error', (error) => end(error.code === 'ECONNREFUSED' ? 'refused' : 'timeout', error.message));
  });
};
Promise.all(process.argv.slice(1).map(async (address) => {
  const at = address.lastIndexOf(':');
  console.log([address, ...(await attempt(address.slice(0, at), Number(address.slice(at + 1))))].join('\\t'));
}));
`;

/** Takes whatever the image has. */
const SHELL = `
py=$1; js=$2; shift 2
for one in python3 python; do command -v $one >/dev/null 2>&1 && exec $one -c "$py" "$@"; done
command -v node >/dev/null 2>&1 && exec node -e "$js" -- "$@"
command -v nc >/dev/null 2>&1 || { echo nothing; exit 0; }
for address; do
  if said=$(nc -z -w 3 "\${address%:*}" "\${address##*:}" 2>&1); then outcome=open; else
    case $said in *efused*) outcome=refused;; *'bad address'*|*esol*) outcome=no-name;; *) outcome=timeout;; esac
  fi
  printf '%s\\t%s\\t%s\\n' "$address" "$outcome" "$said"
done
`;

/**
 * Tries links from inside of their clients, all clients at once.
 * @param hostOf the end of a link, as it is named there
 * @param inside the words before a command that is run in a container of a client; undefined: none runs
 */
export async function tryLinks(
  links: readonly Link[],
  hostOf: (link: Link) => string,
  inside: (client: string) => readonly string[] | undefined,
  ask: Ask,
): Promise<Attempts> {
  const clients = [...new Set(links.map(({ client }) => client))];
  const tried = await Promise.all(
    clients.map(async (client): Promise<Attempts> => {
      const words = inside(client);
      if (words === undefined) return { attempts: [], notes: [] };
      const own = links.filter((link) => link.client === client);
      const addresses = own.map((link) => `${hostOf(link)}:${link.port}`);
      const { stdout, failed } = await ask(...words, 'sh', '-c', SHELL, 'sh', PYTHON, NODE, ...addresses);
      const answers = failed === undefined ? readAnswers(stdout) : [];
      if (answers.length === 0) {
        const why = failed?.replaceAll('\n', ' ') ?? 'its image has no python, node or nc';
        return { attempts: [], notes: [`not tried from inside of ${client}: ${why}`] };
      }
      const attempts = own.flatMap((link) =>
        answers
          .filter(({ host, port }) => host === hostOf(link) && port === link.port)
          .map((answer) => ({ ...answer, client, server: link.server })),
      );
      return { attempts, notes: [] };
    }),
  );
  return { attempts: tried.flatMap(({ attempts }) => attempts), notes: tried.flatMap(({ notes }) => notes) };
}

/** An address and what came of it. */
type Answer = Pick<ConnectionAttempt, 'host' | 'port' | 'outcome' | 'detail'>;

/** Reads what the command has printed: nothing where the image has nothing to try with. */
function readAnswers(stdout: string): readonly Answer[] {
  return stdout.split('\n').flatMap((line): Answer[] => {
    const [address = '', outcome = '', ...detail] = line.split('\t');
    const at = address.lastIndexOf(':');
    if (at < 0 || !isOutcome(outcome)) return [];
    return [{ host: address.slice(0, at), port: Number(address.slice(at + 1)), outcome, detail: detail.join(' ') }];
  });
}

function isOutcome(text: string): text is ConnectionAttempt['outcome'] {
  return ['open', 'refused', 'timeout', 'no-name', 'no-dns'].includes(text);
}
