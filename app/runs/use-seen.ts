import { useCallback, useEffect, useRef, useState } from "react";

/** How long a post has to be in sight to count as seen, in milliseconds: a glance, but no accident. */
const GLANCE_MS = 600;

export type Seen = {
  readonly keys: ReadonlySet<string>;
  /** A ref for the element that shows this key, whole or at least its greater part. */
  watch(key: string): (element: Element | null) => void;
};

/** Which elements have been in sight for a while. Another key is another thing to see, in the same place or not. */
export function useSeen(): Seen {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const refs = useRef(new Map<string, (element: Element | null) => void>());
  const observer = useRef<IntersectionObserver | undefined>(undefined);
  const elements = useRef(new Map<Element, string>());

  const leave = useCallback((key: string) => {
    clearTimeout(timers.current.get(key));
    timers.current.delete(key);
  }, []);

  const observed = useCallback(() => {
    observer.current ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const key = elements.current.get(target);
          if (key === undefined) continue;
          leave(key);
          if (isIntersecting)
            timers.current.set(
              key,
              setTimeout(() => {
                if (document.visibilityState === "visible") setKeys((before) => new Set(before).add(key));
              }, GLANCE_MS),
            );
        }
      },
      { threshold: 0.8 },
    );
    return observer.current;
  }, [leave]);

  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = undefined;
      for (const timer of timers.current.values()) clearTimeout(timer);
      timers.current.clear();
    },
    [],
  );

  const watch = useCallback(
    (key: string) => {
      const known = refs.current.get(key);
      if (known) return known;
      let shown: Element | undefined;
      const ref = (element: Element | null) => {
        if (shown) {
          observer.current?.unobserve(shown);
          elements.current.delete(shown);
          leave(key);
        }
        shown = element ?? undefined;
        if (!element) return;
        elements.current.set(element, key);
        observed().observe(element);
      };
      refs.current.set(key, ref);
      return ref;
    },
    [leave, observed],
  );
  return { keys, watch };
}
