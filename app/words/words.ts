import { createStore } from "zustand";
import type { Language } from "../../src/words/language.ts";
import { createWords, type Words } from "../../src/words/words.ts";
import { en } from "./en/en.ts";

/**
 * What the window says. Call these where a text is shown, never while a module loads: the window is drawn anew when the
 * language changes, so that no component has to follow it.
 */
export const wordsStore = createStore<Words<typeof en>>(() => createWords<typeof en>("en", en));

const spoken = wordsStore.getState;

export const t: Words<typeof en>["t"] = (id, ...values) => spoken().t(id, ...values);

export const say: Words["say"] = (said) => spoken().say(said);
export const told: Words["told"] = (failure) => spoken().told(failure);

/** Other languages than English are loaded when they are chosen. */
export async function speak(language: Language): Promise<void> {
  const table = language === "de" ? (await import("./de/de.ts")).de : en;
  wordsStore.setState(createWords<typeof en>(language, table), true);
}

export const duration: Words["duration"] = (ms) => spoken().duration(ms);
export const timeLeft: Words["timeLeft"] = (ms) => spoken().timeLeft(ms);
export const money: Words["money"] = (microdollars) => spoken().money(microdollars);
export const size: Words["size"] = (bytes) => spoken().size(bytes);
export const number: Words["number"] = (value) => spoken().number(value);
export const list: Words["list"] = (words) => spoken().list(words);
export const ago: Words["ago"] = (at, now) => spoken().ago(at, now);
export const clockTime: Words["clock"] = (at) => spoken().clock(at);
export const dateTime: Words["moment"] = (at) => spoken().moment(at);

/** "1 job", "3 jobs", "2 copies" with an own plural. English alone: a text of the tables says its plural itself. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}
