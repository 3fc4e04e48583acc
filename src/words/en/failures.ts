export const failures = {
  bugRemedy: "Please report this with the log of the run.",
  bug: "Catwalk itself went wrong: {why}",
  priceUnknownRemedy: "Nothing was sent. Say what such a job is to count as, or run it without a budget.",
  priceUnknown: "The price of this job is not known, and the run has a budget.",
  overBudgetRemedy: "Nothing was sent. Start it in a run with a larger budget. The bound is on estimates.",
  overBudget:
    "This would cost {estimate, number, money}. {spent, number, ::currency/USD} of the run's budget, {budget, number, ::currency/USD}, is spent or reserved.",
  takeGoneRemedy:
    "Choose another take, or unlock “{title}” and run it again{known, select, yes { ({cost, number, money})} other {}}.",
  takeGone:
    "The take that “{title}” is locked to is gone: its file is not in the library, and this server does not have it.",
  takesUnreadable:
    "Nothing was sent, because nobody can say what was made before. Mend the data folder, then retry.",
  equalSentRemedy:
    "Nothing was sent for this step. Settle the doubt in that run; or retry this step, which makes it all the same.",
  equalSent:
    "Run {runId} has sent exactly this, and its answer is not known: the job may have been made and charged.",
  doubtJob:
    "Nobody can say whether the job was made and charged. Look at the server; send it again only if it is not there.",
  doubtPost:
    "Nobody can say whether the post went out. Look at the account itself; publish again only if it is not there.",
  endedWhileSent: "Catwalk was ended while this was being sent, and the answer is not known.",
  retryRender: "Retry “{title}”: it is rendered here again and costs nothing.",
  retryMaker:
    "Retry “{title}”, which makes and charges it anew{known, select, yes {: {cost, number, money}} other {}}.",
  chooseFileAgain: "Choose the file again, then run this step again.",
  inputGone: "The file of an input is no longer in the library.",
  fileOfGone: "The file that “{title}” gave is no longer in the library.",
  unsafeAddressRemedy:
    "Catwalk never fetches from such an address. Look at the job on the server's own site.",
  unsafeAddress: "The media's address is not a safe one to fetch from.",
  outputUnreadableRemedy:
    "Look at the job on the server; the API may have changed, so look for a newer Catwalk.",
  outputUnreadable: "The server lists this result in a form that Catwalk cannot read.",
  gaveNoRemedy:
    "Look at the job on the server. Retry looks at it once more, free of charge; a fresh run makes and charges a new one.",
  gaveNo: "The job succeeded, but gave no {wanted}.",
  changeAndRetry: "Change what it complains about and retry.",
  retryToMake: "Retry to have it made again.",
  nothingPosted:
    "Nothing was posted, says the server. Change what it complains about and retry; you are asked again before it is sent.",
  unreadableJob:
    "Look on the server's own site whether the job is done; the API may have changed, so look for a newer Catwalk.",
  lookLater:
    "Nothing looks at it by itself any more: once the server answers again, look at the job once more. That costs nothing.",
  lateOrRemoved:
    "The server is late with it or has removed it, or the key is another account's: look on the server's own site. A run with fresh results makes it anew, and charges it again.",
  checkKeyThenLook: "Check the API key, then look at the job once more: it goes on without you.",
  lookedAgain: "It is looked at again by itself.",
  tryAgainLog: "Try again; if it goes on, look at the log.",
  notListed: "The server does not list this result of the job any more.",
  noLink: "The server lists this result without a link to it.",
  askAgain:
    "Whether the server still has it is not known. Fetch it again, which costs nothing; if it stays so, look at the job on the server's own site.",
  tried: "{said} (tried {times} times)",
  fetchAgain: "The result is safe on the server: fetch it again. That costs nothing.",
  notFetched: "The result could not be fetched.",
  waitsForDownload: "a free download slot",
  waitsToFetch: "the server, to fetch the result again",
  retryItsMaker: "Retry the step that made it.",
  makerUnknown: "This media is only known to the server, and Catwalk does not know which job made it.",
  notFetchedInTime: "The result was not fetched within the deadline.",
  stoppedBeforeFetched: "The run stopped before the result was fetched.",
  waitsForServer: "the server",
  waitsForUpload: "a free upload slot",
  useSucceeded: "Retry to make them, or let this node use what succeeded and run it again.",
  noneSucceeded: "None of them succeeded: look at the steps that make them, then retry.",
  itemsMissing:
    "{missing, number} of {items, plural, one {# item} other {# items}} {missing, plural, one {is} other {are}} missing.",
  journalFailed: "{cause} The run cannot write down what it does, so it stopped and creates nothing more.",
  journalLost:
    "{cause} The run cannot write down what it does, so it stopped and creates nothing more. Accepted by the server but not written down: {jobs}.",
  journalRemedy: "Make room on the disk or mend the data folder, then resume the run.",
  stoppedWhileSent: "The run was stopped while this was being sent, and no answer came.",
  waitsForSlot: "a free slot on the server",
  changeEdit: "Change the edit or its input and retry.",
  waitsForEditor: "the editor, which renders another clip",
  waitsForResult: "the result, which the server does not show yet",
  makeRoom: "Make room or choose another folder, then retry.",
  nothingSent: "{remedy} Nothing was sent.",
  mendThenRetry: "Nothing was sent. Mend the data folder, then retry.",
  ledgerUnreadable:
    "Nothing was sent, because nobody can say what was sent before. Mend the data folder, then retry.",
  setAnotherTime: "Nothing was sent. Set another time and run it again; what was made is taken again.",
  lookForFile: "Look whether the file is still there, then retry.",
  waitsForEqual: "an equal step, which makes the same",
  jobCanceled: "The server cancelled the job.",
  jobFailed: "The job failed on the server.",
  jobCanceledSaying: "The server cancelled the job and says: {said}.",
  jobFailedSaying: "The job failed on the server, which says: {said}.",
  timeIsPast: "The time to post, {at}, is past.",
  gaveInstead: "The job succeeded, but gave no {wanted}: what it gave came {forms}.",
  asForm: "as {form}",
} as const;
