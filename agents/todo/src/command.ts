/** What a message asks for. */

import { Failure } from "rak";

/** The longest text of an item, in UTF-16 code units. */
export const MAX_TEXT = 500;

/** How the commands are written, for whoever asks or gets it wrong. */
export const HELP = [
  "add buy milk: puts it on the list",
  "list: shows the list",
  "done 2: ticks the second item off",
  "drop 2: takes the second item off the list",
].join("\n");

/** What a message asks for. `at` counts from 1, as the list that is shown does. */
export type Command =
  | { verb: "add"; text: string }
  | { verb: "list" }
  | { verb: "done"; at: number }
  | { verb: "drop"; at: number }
  | { verb: "help" };

/**
 * Reads a message. No message at all is `list`.
 *
 * @throws {Failure} `invalid-argument`, with what to send instead.
 */
export function parse(message: string): Command {
  const [word = "", ...rest] = message.trim().split(/\s+/);
  const verb = word.toLowerCase();
  switch (verb) {
    case "add":
      return { verb, text: itemText(rest.join(" ")) };
    case "done":
    case "drop":
      return { verb, at: position(verb, rest.join(" ")) };
    case "":
      return { verb: "list" };
    case "list":
    case "help":
      return { verb };
    default:
      throw Failure.invalidArgument(`there is no command \`${word}\`. Send one of these:\n${HELP}`);
  }
}

function itemText(text: string): string {
  if (text === "") throw Failure.invalidArgument("say what to add, as in `add buy milk`");
  if (text.length > MAX_TEXT) throw Failure.invalidArgument(`an item has at most ${MAX_TEXT} characters`);
  return text;
}

function position(verb: string, number: string): number {
  if (!/^[1-9]\d{0,5}$/.test(number)) {
    throw Failure.invalidArgument(`say which item by its number in the list, as in \`${verb} 2\``);
  }
  return Number(number);
}
