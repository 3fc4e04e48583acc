import type { PortType } from "../../src/graph/describe/ports.ts";
import styles from "./port-glyph.module.css";

export type PortGlyphProps = {
  readonly type: PortType;
  /** Drawn twice, one behind the other. */
  readonly list?: boolean;
  /** Filled, as a port that has a wire. */
  readonly filled?: boolean;
};

/** A port's type by colour and shape, 12 px: circle, rounded square, diamond, bar, ring. */
export function PortGlyph({ type, list = false, filled = false }: PortGlyphProps) {
  return (
    <svg
      className={styles["glyph"]}
      data-type={type}
      data-filled={filled ? "" : undefined}
      viewBox="-8 -8 16 16"
      aria-hidden="true"
    >
      {list && <g transform="translate(2.6 -2.6)">{shapes[type]}</g>}
      <g transform={list ? "translate(-1 1)" : undefined}>{shapes[type]}</g>
    </svg>
  );
}

const shapes: Readonly<Record<PortType, React.ReactNode>> = {
  image: <circle r="4.25" />,
  video: <rect x="-4" y="-4" width="8" height="8" rx="2" />,
  audio: <rect x="-3.6" y="-3.6" width="7.2" height="7.2" transform="rotate(45)" />,
  text: <rect x="-2.4" y="-5.2" width="4.8" height="10.4" rx="1.2" />,
  media: <circle r="3.9" strokeWidth="2.4" />,
};
