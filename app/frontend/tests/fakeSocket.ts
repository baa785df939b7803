/** A WebSocket that does what the test says. */

type Listener<E> = ((event: E) => void) | null;

export class FakeSocket {
  static made: FakeSocket[] = [];

  readonly sent: { message_id?: string; message?: string; type?: string }[] = [];
  readonly url: string;
  readyState = 0;
  closedBy: number | undefined;
  onopen: Listener<Event> = null;
  onmessage: Listener<MessageEvent> = null;
  onclose: Listener<CloseEvent> = null;

  constructor(url: string) {
    this.url = url;
    FakeSocket.made.push(this);
  }

  static reset(): void {
    FakeSocket.made = [];
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.made.at(-1);
    if (!socket) throw new Error('no socket was made');
    return socket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(code = 1005): void {
    this.closedBy = code;
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }

  receive(value: unknown): void {
    this.onmessage?.({ data: JSON.stringify(value) } as MessageEvent);
  }

  /** The server, or the network, ends the connection. */
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}
