// Package page has a real Chromium judge the page of lab play: by keyboard and by touch,
// at a desk and on a telephone, with bad learner's code behind it. Where there is no
// Chromium the tests are skipped.
//
// testdata/axe.min.js is axe-core 4.14.1 as npm has it, the rules for accessible pages of
// Deque Systems, under the Mozilla Public License 2.0 (testdata/axe.LICENSE, and what is in it
// testdata/axe.LICENSE-3RD-PARTY.txt). It is here,
// and not fetched, so that a judge does not change by itself and needs no network.
package page
