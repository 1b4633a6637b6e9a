/** The list, and what can be done to it. Nothing here changes a list in place. */

import { Failure, type Json } from "rak";

import { MAX_TEXT } from "./command.ts";

/** How many items a list holds. With the longest texts it stays far below what one value of the state may have. */
export const MAX_ITEMS = 200;

/** One thing to do. */
export type Item = { text: string; done: boolean };

/**
 * The list that the state holds. A client may write the state too, so whatever is there that is no item is left out.
 */
export function read(stored: Json | undefined): Item[] {
  return Array.isArray(stored) ? stored.flatMap(readItem).slice(0, MAX_ITEMS) : [];
}

function readItem(stored: Json): Item[] {
  if (stored === null || typeof stored !== "object" || Array.isArray(stored)) return [];
  const { text, done } = stored;
  if (typeof text !== "string" || text.trim() === "") return [];
  return [{ text: text.replace(/\s+/g, " ").trim().slice(0, MAX_TEXT), done: done === true }];
}

/** @throws {Failure} `limit-exceeded` where the list is full. */
export function add(items: readonly Item[], text: string): Item[] {
  if (items.length >= MAX_ITEMS) {
    throw Failure.limitExceeded(`the list is full: it holds ${MAX_ITEMS} items. Drop some, as in \`drop 1\``);
  }
  return [...items, { text, done: false }];
}

/** @throws {Failure} `not-found` where there is no such item. */
export function tick(items: readonly Item[], at: number): Item[] {
  const ticked = { ...item(items, at), done: true };
  return items.map((other, index) => (index === at - 1 ? ticked : other));
}

/** @throws {Failure} `not-found` where there is no such item. */
export function drop(items: readonly Item[], at: number): Item[] {
  item(items, at);
  return items.filter((_, index) => index !== at - 1);
}

/**
 * The item at a place, counted from 1.
 *
 * @throws {Failure} `not-found` where there is none.
 */
export function item(items: readonly Item[], at: number): Item {
  const found = items[at - 1];
  if (!found) throw Failure.notFound(`there is no item ${at}; the list has ${items.length}`);
  return found;
}

/** The list as a person reads it. */
export function show(items: readonly Item[]): string {
  if (items.length === 0) return "Nothing to do.";
  return items.map(({ text, done }, index) => `${index + 1}. [${done ? "x" : " "}] ${text}`).join("\n");
}
