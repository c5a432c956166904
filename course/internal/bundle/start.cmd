@echo off
rem Gets this folder ready, without a network: the modules from the folder modules, once; and
rem the first build, which takes longest. Then it shows where to begin.
setlocal DisableDelayedExpansion
call :ready
set "result=%errorlevel%"
rem A window that was opened for this file alone would close before anybody has read it.
setlocal EnableDelayedExpansion
if not "!CMDCMDLINE:%~nx0=!"=="!CMDCMDLINE!" pause
exit /b %result%

:ready
pushd "%~dp0" || exit /b 1
where go >nul 2>nul
if errorlevel 1 (
	echo There is no Go on this machine. Install it from the folder go, or from https://go.dev/dl,
	echo and call start.cmd again in a new window.
	exit /b 1
)
rem Go takes a list of addresses: a comma ends one, and # and %% are not what they are in a name.
setlocal EnableDelayedExpansion
set "proxy=!CD:\=/!/modules"
set "proxy=!proxy:%%=%%25!"
set "proxy=!proxy:,=%%2C!"
set "proxy=!proxy:#=%%23!"
set "proxy=!proxy: =%%20!"
set "GOPROXY=file:///!proxy!"
set "GOSUMDB=off"
set "GOTOOLCHAIN=local"
set "GOFLAGS="
echo Taking the modules from this folder, and building for the first time ...
go mod download || exit /b 1
go build -o NUL ./cmd/lab || exit /b 1
go test -vet=off -count=1 -run "^$" ./chapters/... >nul 2>nul
go run ./cmd/lab doctor || exit /b 1
echo.
go run ./cmd/lab
echo.
echo From now on: go run ./cmd/lab
exit /b 0
