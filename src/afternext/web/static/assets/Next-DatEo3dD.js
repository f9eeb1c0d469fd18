import{a as p,f as r}from"./index-px4GW-sm.js";import"./legacy-4iF3ZdVA.js";var t=r("<p></p>");function e(a){var o=t();p(a,o)}export{e as default};
