(function(){"use strict"
var box=document.getElementById("check"),go=document.getElementById("check-go"),seen=document.getElementById("check-seen")
if(!box||!window.fetch)return
var words=box.dataset
box.hidden=false
function tell(id,good,text){var line=document.getElementById("check-"+id)
line.textContent=(good===null?"… ":good?"✓ ":"✗ ")+text}
function ends(stream){stream.getTracks().forEach(function(track){track.stop()})}
function why(error){return error&&error.name==="NotAllowedError"?words.denied:error&&error.name==="NotFoundError"?words.none:words.busy}
function asks(what){var media=navigator.mediaDevices
return media&&media.getUserMedia?media.getUserMedia(what):Promise.reject(new Error("none"))}
function camera(){tell("camera",null,words.wait)
return asks({video:true}).then(function(stream){
seen.srcObject=stream;seen.hidden=false
tell("camera",true,words.camera)
setTimeout(function(){ends(stream);seen.hidden=true;seen.srcObject=null},6000)},function(error){tell("camera",false,why(error))})}
function microphone(){tell("microphone",null,words.speak)
return asks({audio:true}).then(function(stream){
var Sound=window.AudioContext||window.webkitAudioContext
if(!Sound){ends(stream);tell("microphone",true,words.microphone);return}
var sound=new Sound(),ear=sound.createAnalyser(),heard=new Uint8Array(ear.fftSize),left=50
sound.createMediaStreamSource(stream).connect(ear)
return new Promise(function(done){var clock=setInterval(function(){
ear.getByteTimeDomainData(heard)
var loud=heard.some(function(each){return Math.abs(each-128)>6})
if(!loud&&--left)return
clearInterval(clock);ends(stream);sound.close()
tell("microphone",loud,loud?words.microphone:words.silent);done()},100)})},function(error){tell("microphone",false,why(error))})}
function connection(){tell("connection",null,words.wait)
if(navigator.onLine===false){tell("connection",false,words.offline);return Promise.resolve()}
var began=Date.now()
return fetch(words.probe,{cache:"no-store",credentials:"omit"}).then(function(answer){return answer.text()}).then(function(){
var took=Date.now()-began
tell("connection",took<1500,took<1500?words.connection:words.slow)},function(){tell("connection",false,words.offline)})}
go.addEventListener("click",function(){go.disabled=true
camera().then(microphone).then(connection).then(function(){go.disabled=false})})
})()
