import{aq as a}from"./index-px4GW-sm.js";a();
