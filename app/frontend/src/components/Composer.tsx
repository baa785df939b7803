import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react';

interface Props {
  /** Whether an answer is under way, so that nothing can be sent now. */
  readonly busy: boolean;
  readonly onSend: (text: string) => void;
}

const LONGEST = 32_000;

/** Where a message is written. Enter sends it, Shift and Enter begin a line. */
export function Composer({ busy, onSend }: Props) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const ready = !busy && text.trim() !== '';

  function send(event?: FormEvent) {
    event?.preventDefault();
    if (!ready) return;
    onSend(text.trim());
    setText('');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // While a word is composed (Japanese, for instance), Enter belongs to the input method.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  }

  return (
    <form className="composer" onSubmit={send}>
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <textarea
        id="message"
        ref={field}
        rows={2}
        maxLength={LONGEST}
        placeholder="Write a message…"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" disabled={!ready}>
        Send
      </button>
    </form>
  );
}
