(function(){"use strict"
var leave=document.getElementById("leave"),presses=[],going=false
function go(){
if(going)return
going=true
document.documentElement.className="gone"
document.title=""
try{navigator.sendBeacon(location.pathname,new URLSearchParams([["do","leave"],["behind","1"]]))}catch(e){}
location.replace(leave.getAttribute("data-to"))}
leave.addEventListener("submit",function(e){e.preventDefault();go()})
document.addEventListener("keydown",function(e){
if(e.key!=="Shift"){presses=[];return}
if(e.repeat)return
var now=Date.now()
presses=presses.filter(function(at){return now-at<5000})
presses.push(now)
if(presses.length>2)go()})
window.addEventListener("pageshow",function(e){if(e.persisted)location.reload()})
if(location.search&&window.history.replaceState)history.replaceState(null,"",location.pathname)
})()
