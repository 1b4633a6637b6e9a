/** `todo`: a to-do list. What state of a user is, and how a program gets more than a text. */

import { type Context, agent } from "rak";

import { HELP, parse } from "./command.ts";
import { type Item, add, drop, item, read, show, tick } from "./list.ts";

/** The list of this user, in all sessions. */
const LIST = "user:todo";

export default agent({
  skills: [
    {
      id: "todo",
      name: "Keep a to-do list",
      description: "Adds to the list of the user, shows it, ticks items off and drops them.",
      tags: ["demo", "state"],
      examples: ["add buy milk", "list", "done 1", "drop 1", "help"],
    },
  ],

  run(cx, input) {
    const command = parse(input.text);
    const items = read(cx.session.get(LIST));
    switch (command.verb) {
      case "help":
        return HELP;
      case "list":
        return answer(cx, items, show(items));
      case "add":
        return change(cx, add(items, command.text), `Added: ${command.text}`);
      case "done":
        return change(cx, tick(items, command.at), `Done: ${item(items, command.at).text}`);
      case "drop":
        return change(cx, drop(items, command.at), `Dropped: ${item(items, command.at).text}`);
    }
  },
});

function change(cx: Context, items: Item[], said: string): string {
  cx.session.set(LIST, items);
  return answer(cx, items, `${said}\n${show(items)}`);
}

/** Programs read the list from the event; people read the text. The event stores the changed state with it. */
function answer(cx: Context, items: Item[], text: string): string {
  const open = items.filter(({ done }) => !done).length;
  cx.events.custom("todo", { items, open });
  return text;
}
