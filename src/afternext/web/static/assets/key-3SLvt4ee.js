import{ab as c,ac as s}from"./index-DcJjM8HM.js";const b=Symbol("NaN");function t(r,e,n){var o=new s(r);c(()=>{var a=e();a!==a&&(a=b),o.ensure(a,n)})}export{t as k};
