import type { amounts as en } from "../en/amounts.ts";
import type { Translation } from "../message.ts";

export const amounts: Translation<typeof en> = {
  free: "kostenlos",
  lessThanCent: "weniger als 0,01 $",
  aboutDollars: "etwa {dollars, number, ::currency/USD}",
  longerThanUsual: "länger als sonst",
  fewSecondsLeft: "noch einige Sekunden",
  secondsLeft: "noch etwa {seconds} s",
  minutesLeft: "noch etwa {minutes} min",
  hoursLeft: "noch etwa {hours} h",
  justNow: "gerade eben",
  minutesAgo: "vor {minutes} min",
  hoursAgo: "vor {hours} h",
  yesterday: "gestern",
  daysAgo: "vor {days} Tagen",
};
