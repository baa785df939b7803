// @ts-check
import { kubectl, namespace } from './cluster.mjs';

/** The stand-in's model, and how long its answers are as it comes. */
const model = 'tiny';
export const shippedTokens = 32;

/**
 * Lets the testbed's model give answers of so many tokens: as it comes it has said all before anybody can
 * look. Who changes it sets it back to `shippedTokens`.
 *
 * @param {number} tokens
 */
export async function setAnswerTokens(tokens) {
  const script = `cat >"$HOME/Modelfile" && ollama create ${model} -f "$HOME/Modelfile"; code=$?; rm "$HOME/Modelfile"; exit $code`;
  await kubectl(['exec', '-i', 'tars-ollama-0', '--namespace', namespace, '--', 'sh', '-c', script], {
    input: `FROM ${model}\nPARAMETER num_predict ${tokens}\n`,
  });
}
